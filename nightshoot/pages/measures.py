"""What a reader calls the measures and their units, and how far a value is from its threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Locale


@dataclass(frozen=True, slots=True)
class Name:
    """A measure's name in both languages."""

    zh: str
    en: str

    def of(self, locale: Locale) -> str:
        """Gives the one for a reader of `locale`."""
        return self.zh if locale is Locale.ZH else self.en


SHOT_MEASURES: Mapping[str, Name] = {
    "format": Name("尺寸帧率", "size and rate"),
    "frame_count": Name("帧数", "frame count"),
    "black_frames": Name("黑帧", "black frames"),
    "blank_frames": Name("空白画面", "blank frames"),
    "dynamic_degree": Name("动态幅度", "amount of motion"),
    "frozen_stretch": Name("画面定格", "frozen stretch"),
    "camera_motion": Name("运镜相符", "camera move"),
    "violent_motion": Name("晃动过猛", "violent motion"),
    "jump_cut": Name("跳切", "jump cut"),
    "temporal_flickering": Name("闪烁", "flicker"),
    "first_frame": Name("首帧相符", "first frame"),
    "imaging_quality": Name("清晰度", "sharpness"),
    "sharpness_kept": Name("清晰度保持", "sharpness kept"),
    "detail_kept": Name("细节保持", "detail kept"),
    "clipped_exposure": Name("曝光溢出", "clipped exposure"),
    "colour_cast": Name("偏色", "colour cast"),
    "borders": Name("黑边边框", "bars and borders"),
    "scene_continuity": Name("场景光色连贯", "continuity of the scene"),
    "text_alignment": Name("图文相符", "fits the words"),
    "subject_consistency": Name("人物一致", "identity"),
    "aesthetic_quality": Name("美感", "aesthetics"),
    "unasked_text": Name("多余文字", "unasked text"),
    "nudity": Name("裸露", "nudity"),
    "opinion": Name("视觉模型评审", "model with eyes"),
    "opinion.people": Name("看片：人物", "look: people"),
    "opinion.anatomy": Name("看片：肢体", "look: anatomy"),
    "opinion.action": Name("看片：动作", "look: action"),
    "opinion.place": Name("看片：场所", "look: place"),
    "opinion.framing": Name("看片：构图", "look: framing"),
    "opinion.artefacts": Name("看片：瑕疵", "look: artefacts"),
    "opinion.motion": Name("看片：运动", "look: motion"),
    "refused": Name("后端拒绝", "refused"),
    "broken": Name("后端出错", "failed"),
    "person": Name("人的意见", "a person's word"),
}
"""Of keyframes and takes; one that is not here goes by its id."""

LINE_MEASURES: Mapping[str, Name] = {
    "silence": Name("静默", "silence"),
    "length": Name("台词时长", "length of the line"),
    "cut_off": Name("截断", "cut off"),
    "speech_rate": Name("语速", "speech rate"),
    "loudness": Name("台词响度", "loudness of the line"),
    "clipping": Name("削波", "clipping"),
    "noise": Name("噪声", "noise"),
    "transcript": Name("听写相符", "transcript"),
}
"""Of spoken lines."""

FILM_MEASURES: Mapping[str, Name] = {
    "frame_count": Name("帧数", "frame count"),
    "length": Name("片长", "length against the brief"),
    "audio_video_drift": Name("声画同步", "picture and sound end together"),
    "loudness": Name("响度", "loudness"),
    "true_peak": Name("真峰值", "true peak"),
    "black_joins": Name("接缝黑帧", "black at the joins"),
    "duplicate_shots": Name("重复镜头", "duplicate shots"),
    "caption_overlap": Name("字幕重叠", "captions overlap"),
    "caption_reading_speed": Name("字幕阅读速度", "reading speed of captions"),
    "caption_safe_area": Name("字幕安全区", "captions in the safe area"),
}
"""Of finished films."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a reader sees it."""

    zh: str
    en: str
    times: float = 1.0
    """What a value is multiplied by to be in it: shares are read as per cent."""


_UNITS: Mapping[str, Unit] = {
    "mismatches": Unit("处不符", "mismatches"),
    "failures": Unit("次失败", "failures"),
    "frames": Unit("帧", "frames"),
    "luma of 255": Unit("亮度（满值 255）", "luma of 255"),
    "luma deviation of 255": Unit("亮度起伏（满值 255）", "luma deviation of 255"),
    "luma change of 255 in half a second": Unit(
        "半秒亮度变化（满值 255）", "luma change of 255 in half a second"
    ),
    "difference of 255": Unit("差异（满值 255）", "difference of 255"),
    "seconds": Unit("秒", "s"),
    "s": Unit("秒", "s"),
    "wrong moves": Unit("处不符", "wrong moves"),
    "widths of the picture a second": Unit("画宽／秒", "widths of the picture a second"),
    "times the change of the frames around": Unit("倍于前后帧变化", "× the change around"),
    "percent of brightness back and forth in a second": Unit(
        "% 亮度往复／秒", "% of brightness to and fro in a second"
    ),
    "correlation with the keyframe": Unit("与关键帧相关", "correlation with the keyframe"),
    "pixels that the sharpest edges are wide": Unit("像素边缘宽", "pixels of edge width"),
    "times as wide as the sharp edges were": Unit("倍于原边缘宽", "× as wide as edges were"),
    "share of the keyframe's detail": Unit("% 关键帧细节", "% of the keyframe's detail", 100),
    "share of the picture": Unit("% 画面", "% of the picture", 100),
    "of the picture": Unit("% 画面", "% of the picture", 100),
    "share of the height or width": Unit("% 画高或画宽", "% of the height or width", 100),
    "chroma in CIELAB": Unit("色度（CIELAB）", "chroma in CIELAB"),
    "times the difference allowed": Unit("倍于许可差异", "× the difference allowed"),
    "of the length asked for": Unit("% 要求片长", "% of the length asked for", 100),
    "of the syllables": Unit("% 音节", "% of the syllables", 100),
    "% of samples": Unit("% 采样", "% of samples"),
    "dB of the speech": Unit("分贝（相对人声）", "dB of the speech"),
    "x off the usual pace": Unit("倍偏离常速", "× off the usual pace"),
    "x the fastest readable": Unit("倍于最快可读速度", "× the fastest readable"),
    "marks of 5": Unit("分（满分 5）", "marks of 5"),
}
"""By the unit that a measure gives; one that is not here is shown as it is."""


def name_of(measure: str, locale: Locale, *, film: bool = False) -> str:
    """Gives what a reader calls a measure; its id where nobody named it."""
    first, second = (FILM_MEASURES, SHOT_MEASURES) if film else (SHOT_MEASURES, LINE_MEASURES)
    found = first.get(measure) or second.get(measure)
    return found.of(locale) if found else measure


def unit_of(finding: Finding, locale: Locale) -> str:
    """Gives the unit as a reader sees it."""
    found = _UNITS.get(finding.unit)
    if found is None:
        return finding.unit
    return found.zh if locale is Locale.ZH else found.en


def number(finding: Finding, value: float) -> str:
    """Gives a value of a finding, short: three digits that count."""
    found = _UNITS.get(finding.unit)
    shown = value * (found.times if found else 1.0)
    if abs(shown) >= 1000:
        return f"{shown:.0f}"
    text = f"{shown:.3g}"
    return text if "e" not in text else f"{shown:.5f}".rstrip("0").rstrip(".")


def numbers(finding: Finding) -> tuple[str, str]:
    """Gives value and threshold, with as many digits as tell them apart."""
    short = number(finding, finding.value), number(finding, finding.threshold)
    if short[0] != short[1] or finding.value == finding.threshold:
        return short
    found = _UNITS.get(finding.unit)
    times = found.times if found else 1.0
    return f"{finding.value * times:.5g}", f"{finding.threshold * times:.5g}"


_BEST = {"correlation with the keyframe": 1.0, "marks of 5": 5.0}
"""The best value that a unit has, where it is bounded on the good side."""


def place_on_bar(finding: Finding) -> int:
    """Gives where the value lies on a bar: 50 is the threshold, 100 as good as can be, 0 as bad.

    A measure that may not be passed at all (`at most 0`) is at the good end while it is kept.
    """
    span = abs(finding.threshold) or 1.0
    if finding.passed:
        if finding.direction is Direction.AT_MOST and finding.threshold == 0:
            return 100
        best = _BEST.get(finding.unit)
        span = abs(best - finding.threshold) if best is not None else span
    over = finding.value - finding.threshold
    good = over if finding.direction is Direction.AT_LEAST else -over
    at = 50 + 50 * max(-1.0, min(1.0, good / (span or 1.0)))
    # A dot that is on the bad side must be seen there, and one on the good side too.
    return round(max(54.0, min(98.0, at)) if finding.passed else max(2.0, min(46.0, at)))
