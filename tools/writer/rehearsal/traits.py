"""What a story has, as the variants of the grammar ask for it."""

from __future__ import annotations

import re

from nightshoot.domain.vocabulary import Era, Setting
from nightshoot.tools.writer.rehearsal.lexicon import words
from nightshoot.tools.writer.rehearsal.reading import NOT_A_PLACE, Place

_CUES = {
    "umbrella": r"伞|umbrella",
    "ghost": r"鬼|亡魂|幽灵|ghost|haunted|spirit",
    "years": r"年|一辈子|一生|半生|\byears?\b|decades?|lifetime|\bretired\b",
    "sea": r"海|\bsea\b|ocean",
    "wine": r"酒|泛舟|对饮|wine|drink",
    "food": r"汤|饺子|面|饭|粥|火锅|食谱|soup|dinner|dumpling|noodle|supper",
    "light": r"灯|lamp|lantern|lighthouse",
    "star": r"星|\bstars?\b",
    "search": r"找|寻|丢|想摘|look(?:s|ing)? for|search|lost|find",
    "return": r"回家|归|回来|老家|失散|团圆|return|comes? (?:home|back)|came (?:home|back)|reunion",
    "door": r"门|\bdoor|knock",
    "screen": r"监控|录像|recording|camera",
    "quit": r"辞职|裁员|开除|\bquits?\b|resign|fired",
    "child": r"小狐狸|小熊|兔子|小女孩|小男孩|fox|rabbit|bear|little|child|\bboy\b|\bgirl\b|robot",
    "street": r"街|路|巷|伞|street|road|umbrella|bus stop|walk",
    "meet": r"遇|邂逅|伞|\bmeets?\b|stranger|umbrella",
    "kin": r"[母父]亲|妈|爸|奶奶|爷爷|外[婆公]|女儿|儿子|孙女|兄弟|姐妹|哥哥|mother|father|\bmom\b|"
    r"\bdad\b|grandm|grandf|daughter|\bson\b|brother|sister",
    "letter": r"信|letter|postcard",
}
_CUES["calls"] = (
    r"ghost|letter|\bwait|hear|phone|\bsea\b|message|bottle|signal|alone|last|鬼|信|等|听|语音|独自|海|电话|手机"
)
_CARRIED = frozenset(
    {
        "letter",
        "book",
        "umbrella",
        "lantern",
        "flower",
        "phone",
        "box",
        "key",
        "sword",
        "fan",
        "flute",
    }
)


def traits_of(text: str, place: Place, era: Era, *, people: int, alone: bool) -> frozenset[str]:
    """Gives what variants may ask for: things, weather, time, cues, and who is told of."""
    props = {hit.value for hit in words("prop").hits(text)}
    found = {*props, place.weather.value, place.time_of_day.value, era.value}
    found |= {name for name, cue in _CUES.items() if re.search(cue, text, re.IGNORECASE)}
    if props:
        found.add("thing")
    if props & _CARRIED:
        found.add("carried")
    if place.setting in {Setting.RIVER, Setting.SEA}:
        found.add("water")
    if place.boat:
        found.add("boat")
    named = [h for h in words("setting").hits(text) if h.value == place.setting]
    if any(hit.word not in NOT_A_PLACE and hit.end - hit.start > 1 for hit in named):
        found.add("place")
    if people > 1 and not alone:
        found.add("pair")
    if alone:
        found.add("alone")
    return frozenset(found)
