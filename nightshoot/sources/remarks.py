"""What a reader of tables tells the user, in the user's language."""

from __future__ import annotations

from enum import Enum

from nightshoot.domain.vocabulary import Locale


class Remark(Enum):
    """A remark in English and in Chinese; `{}` marks stand for what it is about."""

    SAYS_NOTHING = (
        "it says neither what is seen nor what is said; it became no shot",
        "既没有写画面，也没有写台词，没有成为镜头",
    )
    TWICE = (
        "the number stands twice in the table; the second is called {other}",
        "这个编号在表里出现了两次，后一个改称 {other}",
    )
    UNKNOWN_TERM = (
        "{column} says {text!r}, which is none; it was filled in",
        "“{column}”一栏写着“{text}”，不是已知的说法，已代为填写",
    )
    SIZE_IN_MOVE_USED = (
        "the move says {text!r}: its shot size was used",
        "运镜一栏写着“{text}”，已把其中的景别用作景别",
    )
    SIZES_DIFFER = (
        "the move says {text!r}, but the shot size is {size}: its own column was obeyed",
        "运镜一栏写着“{text}”，而景别是“{size}”，以景别一栏为准",
    )
    SIZE_IN_MOVE = (
        "the move says {text!r}, which is a shot size: a move was filled in",
        "运镜一栏写着“{text}”，那是景别，运镜已代为填写",
    )
    UNKNOWN_MOVE = (
        "the move says {text!r}, which is none; it was filled in",
        "运镜一栏写着“{text}”，不是已知的运镜，已代为填写",
    )
    UNKNOWN_DURATION = (
        "the duration says {text!r}, which is none; the lines decide",
        "时长一栏写着“{text}”，不是时长，按台词长短决定",
    )

    def about(self, row: str, locale: Locale, **words: str) -> str:
        """Gives the remark about a row of the table."""
        english, chinese = self.value
        if locale is Locale.ZH:
            return f"分镜 {row}：{chinese.format(**words)}。"
        return f"Row {row}: {english.format(**words)}."
