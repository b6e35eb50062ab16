"""The closed lists of the trade: how a shot is framed and moved, and what a picture may hold.

Each term knows its Chinese trade name and the other spellings that people and models use, so that
one `parse` serves documents, tables and model answers. Camera moves are CameraBench's primitives
(arXiv 2504.15376) under the names that a film crew uses.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Self

_SEPARATORS = re.compile(r"[\s_\-/·]+")


def _folded(text: str) -> str:
    return _SEPARATORS.sub("", text).casefold()


class Term(StrEnum):
    """A word of a closed list, with its Chinese name and its other spellings."""

    chinese: str
    aliases: tuple[str, ...]

    def __new__(cls, value: str, chinese: str, *aliases: str) -> Self:
        """Makes the member; its value is the English word."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.chinese = chinese
        member.aliases = aliases
        return member

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Gives the term that `text` spells exactly, in any case or spacing, or None."""
        wanted = _folded(text)
        for term in cls:
            if wanted in {_folded(word) for word in (term.value, term.chinese, *term.aliases)}:
                return term
        return None

    def label(self, locale: str) -> str:
        """Gives the word to show a reader of `locale` (`zh` or `en`)."""
        return self.chinese if locale == "zh" else self.value.replace("_", " ")


class Locale(StrEnum):
    """The language of a film."""

    ZH = "zh"
    EN = "en"


class ShotSize(Term):
    """How much of a person the frame holds, widest first."""

    EWS = "EWS", "大远景", "extreme wide shot", "extreme long shot", "ELS", "大全景", "航拍"
    WS = "WS", "全景", "wide shot", "long shot", "LS", "wide", "远景", "full shot", "FS"
    MWS = "MWS", "中全景", "medium wide shot", "medium long shot", "MLS", "cowboy", "小全景"
    MS = "MS", "中景", "medium shot", "medium", "mid shot", "半身"
    MCU = "MCU", "中近景", "medium close up", "近景", "medium closeup"
    CU = "CU", "特写", "close up", "closeup", "close-up shot", "静态特写"
    ECU = "ECU", "大特写", "extreme close up", "extreme closeup", "XCU"

    @property
    def tightness(self) -> float:
        """How close the frame is: 0.0 for EWS to 1.0 for ECU."""
        order = list(ShotSize)
        return order.index(self) / (len(order) - 1)


class CameraAngle(Term):
    """Where the camera looks from."""

    EYE = "eye", "平视", "eye level", "平拍", "level"
    HIGH = "high", "俯拍", "high angle", "俯视", "俯角"
    LOW = "low", "仰拍", "low angle", "仰视", "仰角"
    DUTCH = "dutch", "倾斜", "dutch angle", "canted", "斜角"
    OVERHEAD = "overhead", "顶拍", "bird's eye", "top down", "鸟瞰", "俯瞰"


class CameraMove(Term):
    """What the camera does during the shot."""

    STATIC = "static", "固定", "static shot", "still", "fixed", "静止", "静态", "定", "locked"
    PAN_LEFT = "pan_left", "左摇", "向左摇", "pan l"
    PAN_RIGHT = "pan_right", "右摇", "摇", "向右摇", "pan", "摇镜头", "摇镜", "pan r"
    TILT_UP = "tilt_up", "上摇", "向上摇", "tilt"
    TILT_DOWN = "tilt_down", "下摇", "向下摇"
    PUSH_IN = "push_in", "推", "推进", "缓慢推进", "推镜头", "推近", "dolly in", "push", "dolly"
    PULL_OUT = (
        "pull_out",
        "拉",
        "拉远",
        "缓慢拉远",
        "拉镜头",
        "拉出",
        "dolly out",
        "pull back",
        "pull",
    )
    TRUCK_LEFT = "truck_left", "左移", "向左移", "track left"
    TRUCK_RIGHT = "truck_right", "右移", "移", "移镜头", "横移", "truck", "track right", "tracking"
    PEDESTAL_UP = "pedestal_up", "升", "上升", "boom up", "pedestal"
    PEDESTAL_DOWN = "pedestal_down", "降", "下降", "boom down"
    FOLLOW = "follow", "跟", "跟随", "跟随移动", "跟拍", "跟镜头", "follow shot"
    ORBIT = "orbit", "环绕", "环绕拍摄", "arc", "旋转环绕"
    CRANE = "crane", "升降", "升降镜头", "crane shot", "jib", "摇臂"
    ROLL = "roll", "旋转", "翻滚", "camera roll"
    HANDHELD = "handheld", "手持", "手持晃动", "shaky", "handheld camera"
    ZOOM_IN = "zoom_in", "变焦推", "变焦", "zoom", "急推"
    ZOOM_OUT = "zoom_out", "变焦拉", "急拉"


class MoveStrength(Term):
    """How far the camera goes during the shot."""

    GENTLE = "gentle", "缓慢", "slow", "slight", "轻微", "缓缓"
    MEDIUM = "medium", "中等", "normal", "moderate"
    STRONG = "strong", "强烈", "fast", "快速", "急速"


class Transition(Term):
    """How a shot gives way to the next one."""

    CUT = "cut", "切", "硬切", "直切"
    DISSOLVE = "dissolve", "叠化", "溶", "crossfade", "cross dissolve", "淡化"
    DIP_TO_BLACK = "dip_to_black", "黑场", "淡出", "fade", "fade to black", "fade out", "黑场过渡"
    MATCH = "match", "动作匹配", "match cut", "匹配剪辑", "match on action"


class Era(Term):
    """Which world the story lives in."""

    ANCIENT = "ancient", "古代", "古风", "historical", "period"
    MODERN = "modern", "现代", "当代", "contemporary"


class Setting(Term):
    """Where a scene plays."""

    RIVER = "river", "江", "江面", "河", "湖", "lake"
    SEA = "sea", "海", "海边", "ocean", "shore", "beach"
    MOUNTAIN = "mountain", "山", "山丘", "山顶", "hill", "cliff"
    FOREST = "forest", "林", "树林", "森林", "竹林", "woods"
    DESERT = "desert", "沙漠", "大漠", "荒漠", "戈壁"
    FIELD = "field", "田野", "草原", "原野", "grassland", "meadow", "battlefield", "战场"
    VILLAGE = "village", "村", "村庄", "乡村"
    STREET = "street", "街", "街道", "长街", "巷", "alley", "road", "路"
    CITY = "city", "城市", "都市", "城", "town", "rooftop", "天台"
    PALACE = "palace", "宫殿", "宫", "殿", "大殿", "hall", "temple", "庙", "寺"
    COURTYARD = "courtyard", "庭院", "院子", "花园", "garden", "yard"
    ROOM = "room", "房间", "屋内", "室内", "办公室", "客栈", "office", "inn", "cafe", "house"
    HEAVEN = "heaven", "天界", "太虚", "星空", "梦境", "sky", "dream", "space"


class TimeOfDay(Term):
    """Where the light comes from."""

    DAWN = "dawn", "黎明", "清晨", "日出", "sunrise", "morning", "早晨"
    DAY = "day", "白天", "日", "noon", "afternoon", "白日", "上午", "下午"
    DUSK = "dusk", "黄昏", "傍晚", "日落", "sunset", "evening"
    NIGHT = "night", "夜", "夜晚", "深夜", "midnight", "夜里"


class Weather(Term):
    """What falls or drifts through the air."""

    CLEAR = "clear", "晴", "晴朗", "fair", "sunny"
    CLOUDY = "cloudy", "多云", "阴", "overcast"
    FOG = "fog", "雾", "mist", "薄雾", "大雾"
    RAIN = "rain", "雨", "下雨", "大雨", "小雨"
    STORM = "storm", "暴风雨", "暴雨", "雷雨", "thunderstorm"
    SNOW = "snow", "雪", "下雪", "大雪"
    WIND = "wind", "风", "大风", "风沙"


class Mood(Term):
    """What the audience should feel; it chooses palette, music and pace."""

    SERENE = "serene", "宁静", "calm", "peaceful", "恬淡", "优美"
    MELANCHOLY = "melancholy", "忧伤", "sad", "悲伤", "惆怅"
    JOYFUL = "joyful", "欢快", "happy", "喜悦", "豁然开朗"
    TENSE = "tense", "紧张", "suspense", "悬疑", "危险"
    ROMANTIC = "romantic", "浪漫", "love", "温情", "暧昧"
    HEROIC = "heroic", "豪迈", "epic", "霸气", "壮阔", "激昂"
    MYSTERIOUS = "mysterious", "神秘", "magical", "魔幻", "诡异", "dreamy"
    DESOLATE = "desolate", "苍凉", "lonely", "孤独", "荒凉"
    WARM = "warm", "温暖", "tender", "cozy", "温馨"
    FURIOUS = "furious", "愤怒", "angry", "激烈", "复仇"


class Posture(Term):
    """How a body stands in the picture."""

    STANDING = "standing", "站立", "stand", "站"
    SITTING = "sitting", "坐", "sit", "对坐"
    KNEELING = "kneeling", "跪", "kneel", "跪坐"
    WALKING = "walking", "行走", "walk", "走"
    RUNNING = "running", "奔跑", "run", "跑"
    RIDING = "riding", "骑马", "ride", "骑"
    LYING = "lying", "躺", "lie", "倒下"
    BOWING = "bowing", "鞠躬", "bow", "作揖", "行礼"
    ROWING = "rowing", "划船", "row", "摇橹", "撑船"


class Gesture(Term):
    """What the arms and the head say."""

    REST = "rest", "静", "none", "idle"
    RAISE = "raise", "举起", "raise hand", "举杯", "toast", "举"
    PLAY = "play", "吹奏", "play instrument", "吹箫", "弹琴"
    POINT = "point", "指", "pointing", "指向"
    REACH = "reach", "伸手", "reach out", "递", "offer", "give"
    HANDS_BEHIND = "hands_behind", "负手", "hands behind back", "背手"
    CLASP = "clasp", "拱手", "clasp hands", "pray", "合十"
    EMBRACE = "embrace", "拥抱", "hug", "抱", "hold"
    WAVE = "wave", "挥手", "waving", "挥"
    STRIKE = "strike", "击", "hit", "叩击", "attack", "斩"
    WRITE = "write", "书写", "writing", "写", "typing"
    READ = "read", "读", "reading", "看信", "看手机"
    LOOK_UP = "look_up", "仰望", "looking up", "抬头"
    LOOK_DOWN = "look_down", "低头", "looking down", "垂首"
    FOLD_ARMS = "fold_arms", "抱臂", "arms folded", "抱胸"
    DANCE = "dance", "起舞", "dancing", "舞"


class Facing(Term):
    """Which way a figure looks, seen by the camera."""

    LEFT = "left", "左"
    RIGHT = "right", "右"
    TOWARD = "toward", "正面", "front", "camera"
    AWAY = "away", "背面", "back"


class HeldProp(Term):
    """What a figure holds."""

    CUP = "cup", "杯", "wine", "tea", "酒杯", "茶"
    FLUTE = "flute", "箫", "笛", "洞箫"
    SWORD = "sword", "剑", "刀", "blade"
    SPEAR = "spear", "枪", "槊", "矛", "戟"
    BOW = "bow_weapon", "弓", "弓箭"
    FAN = "fan", "扇", "折扇"
    LETTER = "letter", "信", "纸", "scroll", "圣旨", "卷轴"
    BOOK = "book", "书", "书卷"
    BRUSH = "brush", "笔", "毛笔", "pen"
    UMBRELLA = "umbrella", "伞", "油纸伞"
    LANTERN = "lantern", "灯笼", "lamp"
    STAFF = "staff", "杖", "拐杖", "cane", "stick"
    OAR = "oar", "桨", "橹", "竹篙", "pole"
    ZITHER = "zither", "琴", "古琴", "古筝"
    FLOWER = "flower", "花", "rose", "梅枝"
    PHONE = "phone", "手机", "电话", "smartphone"
    BAG = "bag", "包", "行李", "suitcase", "包袱"
    BOX = "box", "盒子", "礼盒", "gift"
    KEY = "key", "钥匙"


class Dressing(Term):
    """What else stands in the picture."""

    BOAT = "boat", "小船", "船", "舟", "ship"
    FLEET = "fleet", "船队", "战船", "舳舻", "warships"
    BRIDGE = "bridge", "桥"
    PAVILION = "pavilion", "亭", "亭子"
    PAGODA = "pagoda", "塔", "宝塔"
    GATE = "gate", "城门", "门楼", "牌坊"
    LANTERNS = "lanterns", "灯笼串", "hanging lanterns", "花灯"
    WILLOW = "willow", "柳", "垂柳"
    PINE = "pine", "松", "松树"
    BAMBOO = "bamboo", "竹", "竹子"
    PLUM = "plum", "梅", "梅花", "cherry blossom", "桃花"
    REEDS = "reeds", "芦苇"
    BIRDS = "birds", "鸟", "乌鹊", "crows", "geese", "大雁"
    HORSE = "horse", "马"
    BANNERS = "banners", "旌旗", "旗", "flags"
    CROWD = "crowd", "人群", "军队", "army", "soldiers"
    TABLE = "table", "桌", "案", "desk"
    CANDLE = "candle", "蜡烛", "烛", "油灯"
    SCREEN = "screen", "屏风"
    WINDOW = "window", "窗"
    DOOR = "door", "门"
    BED = "bed", "床"
    SHELF = "shelf", "书架", "bookshelf"
    STREETLAMP = "streetlamp", "路灯"
    CAR = "car", "车", "汽车", "taxi"
    CART = "cart", "马车", "carriage"
    BENCH = "bench", "长椅"
    TENT = "tent", "帐篷", "营帐"
    FIRE = "fire", "火", "篝火", "flames"
    GRAVE = "grave", "墓", "tombstone", "墓碑"
    WELL = "well", "井"
    COMPUTER = "computer", "电脑", "laptop"
    LIGHTHOUSE = "lighthouse", "灯塔", "beacon"
    CAT = "cat", "猫", "小猫", "kitten", "黑猫", "猫咪"
    DOG = "dog", "狗", "小狗", "puppy", "犬", "老狗"


class Build(Term):
    """A body's outline."""

    SLIM = "slim", "清瘦", "thin"
    AVERAGE = "average", "中等", "normal"
    STOUT = "stout", "魁梧", "large", "fat"
    SMALL = "small", "娇小", "child", "小孩"


class Dress(Term):
    """What a character wears: the shape of the robe or the coat."""

    ROBE = "robe", "长袍", "长衫", "hanfu"
    COURT_ROBE = "court_robe", "朝服", "龙袍", "official robe"
    GOWN = "gown", "襦裙", "dress", "裙"
    ARMOR = "armor", "铠甲", "盔甲"
    PEASANT = "peasant", "短打", "粗布", "work clothes"
    STRAW_CAPE = "straw_cape", "蓑衣"
    CLOAK = "cloak", "披风", "斗篷"
    SUIT = "suit", "西装"
    COAT = "coat", "风衣", "大衣", "jacket"
    CASUAL = "casual", "便装", "t-shirt", "卫衣"
    SKIRT = "skirt", "连衣裙"
    UNIFORM = "uniform", "制服", "校服"


class Headgear(Term):
    """What tells a head apart: a hat or the hair."""

    SCHOLAR_CAP = "scholar_cap", "东坡巾", "儒巾"
    OFFICIAL_HAT = "official_hat", "乌纱帽"
    CROWN = "crown", "冕", "冠冕", "冕旒"
    HELMET = "helmet", "头盔", "盔"
    BAMBOO_HAT = "bamboo_hat", "斗笠"
    TOPKNOT = "topknot", "发髻", "束发"
    HAIRPIN_BUN = "hairpin_bun", "云鬓", "簪发", "bun"
    HOOD = "hood", "兜帽"
    BALD = "bald", "光头", "shaved"
    SHORT_HAIR = "short_hair", "短发"
    LONG_HAIR = "long_hair", "长发"
    PONYTAIL = "ponytail", "马尾"
    CAP = "cap", "帽子", "baseball cap"
    BEARD = "beard", "长髯", "bearded"


class Sex(Term):
    """As the cast list and the voices need it."""

    FEMALE = "female", "女", "woman", "f"
    MALE = "male", "男", "man", "m"


class Age(Term):
    """As the cast list and the voices need it."""

    CHILD = "child", "孩童", "kid"
    YOUNG = "young", "青年", "youth"
    ADULT = "adult", "成年", "中年", "middle-aged"
    OLD = "old", "老年", "elderly", "aged"
