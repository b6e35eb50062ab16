"""Five tones for every mood and time of day: what the rest of a palette is mixed from."""

from __future__ import annotations

from typing import NamedTuple

from nightshoot.domain.vocabulary import Mood, TimeOfDay


class Tones(NamedTuple):
    """Colours as `#rrggbb`."""

    top: str
    """The top of the sky, or the upper dark of a room."""
    mid: str
    """The middle of the sky, or a wall in half light."""
    horizon: str
    """Where the sky is lightest, or a wall in full light."""
    light: str
    """The moon, the sun, a paper screen."""
    deep: str
    """The dark that near hills and silhouettes share."""


_DAWN, _DAY, _DUSK, _NIGHT = TimeOfDay.DAWN, TimeOfDay.DAY, TimeOfDay.DUSK, TimeOfDay.NIGHT

OUTDOORS: dict[tuple[Mood, TimeOfDay], Tones] = {
    (Mood.SERENE, _DAWN): Tones("#5d86a6", "#b4c8c6", "#f7dfbd", "#fff3d8", "#1d3440"),
    (Mood.SERENE, _DAY): Tones("#4f93b8", "#a2cdd1", "#eef0dc", "#fffbe8", "#1c3d45"),
    (Mood.SERENE, _DUSK): Tones("#36487a", "#94809e", "#f4b886", "#ffdca6", "#1f2440"),
    (Mood.SERENE, _NIGHT): Tones("#0f1d40", "#2a4f78", "#b3a283", "#f8efd0", "#0b1422"),
    (Mood.MELANCHOLY, _DAWN): Tones("#4f5f75", "#8994a0", "#d0c9be", "#ece4d4", "#1e2630"),
    (Mood.MELANCHOLY, _DAY): Tones("#6b7c8b", "#9fabb1", "#d4d3c9", "#efece0", "#252d33"),
    (Mood.MELANCHOLY, _DUSK): Tones("#343a5a", "#6a6683", "#c79c8c", "#edc8a4", "#1b1c2c"),
    (Mood.MELANCHOLY, _NIGHT): Tones("#0d152e", "#26385e", "#6b7891", "#dde2e6", "#0a0e1a"),
    (Mood.JOYFUL, _DAWN): Tones("#6a9fc6", "#f6c59c", "#ffe9b0", "#fff6d6", "#4a2230"),
    (Mood.JOYFUL, _DAY): Tones("#2f92cf", "#8bcfe0", "#fdf3cf", "#fffbe0", "#1f3d4d"),
    (Mood.JOYFUL, _DUSK): Tones("#84437c", "#ef815c", "#ffd27a", "#fff0b8", "#3b1533"),
    (Mood.JOYFUL, _NIGHT): Tones("#13244f", "#2c5286", "#e0a26a", "#ffe6a3", "#0b1128"),
    (Mood.TENSE, _DAWN): Tones("#232f3d", "#596466", "#cbb58a", "#f2dea8", "#12161b"),
    (Mood.TENSE, _DAY): Tones("#50625f", "#8c9483", "#d6cfae", "#f2eccf", "#1b2220"),
    (Mood.TENSE, _DUSK): Tones("#231a2c", "#6b2a30", "#d9622f", "#ffb35c", "#120a10"),
    (Mood.TENSE, _NIGHT): Tones("#060d14", "#12333e", "#55807a", "#d5ecdb", "#03070a"),
    (Mood.ROMANTIC, _DAWN): Tones("#8577b0", "#e0a4b8", "#ffdcc8", "#fff0e0", "#3a2140"),
    (Mood.ROMANTIC, _DAY): Tones("#86aed8", "#e8c3d6", "#fff0e4", "#fffaf0", "#3c2c4c"),
    (Mood.ROMANTIC, _DUSK): Tones("#46357a", "#c5649a", "#ffb59a", "#ffe0bc", "#2a1236"),
    (Mood.ROMANTIC, _NIGHT): Tones("#1a1440", "#4a2d6b", "#c0728e", "#ffe3d0", "#120a26"),
    (Mood.HEROIC, _DAWN): Tones("#274a6e", "#c47f52", "#ffcf78", "#fff0b5", "#241414"),
    (Mood.HEROIC, _DAY): Tones("#20649f", "#80b1c4", "#f6e5b5", "#fff8da", "#182a38"),
    (Mood.HEROIC, _DUSK): Tones("#3c1626", "#b33a23", "#ffae42", "#ffe189", "#1a0709"),
    (Mood.HEROIC, _NIGHT): Tones("#0a1433", "#2a3a72", "#b98c50", "#ffe7a8", "#080a18"),
    (Mood.MYSTERIOUS, _DAWN): Tones("#2a4460", "#6b8d9c", "#cfe0d0", "#eff7df", "#12222c"),
    (Mood.MYSTERIOUS, _DAY): Tones("#376a74", "#80b2a8", "#dcebd0", "#f5fbe4", "#14302f"),
    (Mood.MYSTERIOUS, _DUSK): Tones("#2a2157", "#6d4f94", "#d793a8", "#fbd9c0", "#150f30"),
    (Mood.MYSTERIOUS, _NIGHT): Tones("#0a0f2e", "#1b3a5c", "#4fa39a", "#d7f7e3", "#050a1c"),
    (Mood.DESOLATE, _DAWN): Tones("#636c7a", "#a59f97", "#dfcdb0", "#f4e8cc", "#2a2724"),
    (Mood.DESOLATE, _DAY): Tones("#868f91", "#b5b2a2", "#e2d8bc", "#f5efdb", "#34302a"),
    (Mood.DESOLATE, _DUSK): Tones("#453944", "#966757", "#e2a166", "#fbd596", "#241a19"),
    (Mood.DESOLATE, _NIGHT): Tones("#0f141d", "#2b3644", "#777d80", "#e4e5da", "#090b0f"),
    (Mood.WARM, _DAWN): Tones("#7797b0", "#f0c196", "#ffe6b8", "#fff4d8", "#40241c"),
    (Mood.WARM, _DAY): Tones("#6fa9be", "#d3dcbd", "#fff0c8", "#fff9e2", "#3b2f24"),
    (Mood.WARM, _DUSK): Tones("#6d3b52", "#dd7a4a", "#ffc877", "#ffe9b2", "#2e1218"),
    (Mood.WARM, _NIGHT): Tones("#1c1838", "#4b3350", "#cf8a4e", "#ffdf9e", "#160c16"),
    (Mood.FURIOUS, _DAWN): Tones("#3a1a24", "#9c3a2c", "#f59a4f", "#ffd98f", "#170709"),
    (Mood.FURIOUS, _DAY): Tones("#6b3a34", "#b8694a", "#efc08a", "#ffeac0", "#200d0c"),
    (Mood.FURIOUS, _DUSK): Tones("#22060d", "#8f1a1a", "#f4622a", "#ffc35c", "#0f0305"),
    (Mood.FURIOUS, _NIGHT): Tones("#14050c", "#541019", "#c0362c", "#ffb98a", "#080204"),
}
"""Each row was chosen by eye on painted scenes, the lightest tone behind the darkest figure."""

INDOORS: dict[Mood, Tones] = {
    Mood.SERENE: Tones("#2a221c", "#7a6040", "#e0bf86", "#f9e9c2", "#1a100b"),
    Mood.MELANCHOLY: Tones("#1c2029", "#4f5560", "#b0a894", "#e9dfc6", "#0e1016"),
    Mood.JOYFUL: Tones("#4a1512", "#b0492a", "#f4b45a", "#ffe5a4", "#22080a"),
    Mood.TENSE: Tones("#140f12", "#4a3528", "#b78a4c", "#f4d28e", "#0a0607"),
    Mood.ROMANTIC: Tones("#35142c", "#8d3f55", "#eba184", "#ffdfc2", "#1a0816"),
    Mood.HEROIC: Tones("#2e0a0c", "#8a2a1c", "#e8953f", "#ffe0a0", "#140405"),
    Mood.MYSTERIOUS: Tones("#0f1a2c", "#2c5560", "#8fc0a5", "#e0f3d2", "#060c14"),
    Mood.DESOLATE: Tones("#22201e", "#5c564c", "#b3a688", "#ebe1c6", "#11100e"),
    Mood.WARM: Tones("#3a1a10", "#a05a30", "#f2be74", "#ffe8b8", "#1c0c08"),
    Mood.FURIOUS: Tones("#240407", "#7a1414", "#e0582a", "#ffc586", "#100204"),
}
"""Walls and paper screens by lamplight; daylight is mixed in."""
