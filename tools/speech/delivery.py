"""How a direction such as `轻声` or `excited` changes the pace of a line."""

from __future__ import annotations

_PACES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (
        0.90,
        ("缓", "慢", "沉吟", "叹", "哽咽", "悲", "虚弱", "slow", "sigh", "weak", "sad", "solemn"),
    ),
    (0.94, ("轻声", "低声", "低语", "耳语", "温柔", "喃喃", "whisper", "soft", "quiet", "gentl")),
    (1.10, ("急", "快", "惊", "慌", "喊", "吼", "hurr", "urgent", "fast", "shout", "panic")),
    (1.06, ("激动", "兴奋", "怒", "愤", "欢", "excit", "angr", "furious", "cheer", "eager")),
)
"""Directions and the speed that they ask for, as a factor. Source: a listener notices a change of
rate of about 5 % (Quené, Journal of the Acoustical Society of America 2007, just noticeable
difference for tempo in speech); beyond 10 % the words of the small voices begin to smear."""


def pace(delivery: str) -> float:
    """Gives the speed factor for a direction: 1.0 where it says nothing of pace."""
    said = delivery.casefold()
    for factor, words in _PACES:
        if any(word in said for word in words):
            return factor
    return 1.0
