"""Tells who is only spoken of: named in passing, and not there to be drawn or heard."""

from __future__ import annotations

import re

_OF_SOMEBODY = r"(?:(?:her|his|my|your|their|our)\s+(?:own\s+|old\s+|dead\s+|late\s+)?)"
_BODY = (
    r"(?:hands?|eyes?|face|fingers?|voice|back|shoulders?|head|arms?|hair|lips|mouth|knees?|feet|"
    r"tears?|sleeves?|coat|breath|point|view|smile|heart)\b"
)
_THOUGHT_OF = re.compile(
    r"\b(?:(?:had|has|have)\s+(?:known|met|loved|lost|buried|married)|knew|"
    r"(?:thinks?|thought|thinking|dreams?|dreamed|dreamt|heard|spoke|speaks)\s+(?:of|about)|"
    r"remember(?:s|ed|ing)?|miss(?:es|ed|ing)|mourn(?:s|ed|ing)?|without|about|"
    r"(?:letter|message|voicemail|postcard|note|diary|call|word|news|photo|photograph|picture|memory|name|grave|ghost|portrait)"
    r"\s+(?:from|of)|just\s+like|took|takes|killed|swallowed|buried|lost|named\s+(?:after|for)|since)\s+(?:the\s+)?"
    rf"{_OF_SOMEBODY}?$",
    re.IGNORECASE,
)
_OWNED_BY = re.compile(rf"\b{_OF_SOMEBODY}$", re.IGNORECASE)
_OWNS = re.compile(rf"['’]s?\s+(?!{_BODY})[a-z]", re.IGNORECASE)
_GONE = re.compile(
    r"\s+(?:(?:is|was|had been|has been)\s+(?:dead|gone|buried|drowned)|"
    r"(?:had|used to|would)\s+(?:always\s+|once\s+|often\s+)?"
    r"(?:said|say|told|tell|warned|asked|whispered|called|promised|written|taught))\b",
    re.IGNORECASE,
)
_ZH_THOUGHT_OF = re.compile(
    r"(?:想起|想起了|想到|想念|思念|惦记|惦念|记得|记起|提起|提到|说起|怀念|梦见|梦到|忘不了|忘了|没有见过|"
    r"关于|像)(?:着|过|了)?(?:[他她我]的?|自己的?|那个|当年的?)?$"
)
_ZH_OWNS = re.compile(
    r"(?:的|当年的|生前的|留下的|留给)(?!手|眼|脸|声音|背影|身影|肩|头|目光|泪|嘴|衣|怀|身|心|视角|话|面前|身边|身后|旁)"
)
_KIN = re.compile(
    r"(?:父亲|母亲|爸爸|妈妈|父|母|爹|娘|爷爷|奶奶|外婆|外公|丈夫|妻子|师父|祖父|祖母|哥哥|姐姐|弟弟|妹妹|儿子|女儿)$"
)


def only_spoken_of(text: str, start: int, end: int) -> bool:
    """Whether the person named from `start` to `end` is told about without being there.

    `her father's boat`, `he had known her father` and `父亲的船` show nobody's father.
    """
    before, after = text[max(0, start - 48) : start], text[end : end + 24]
    if _THOUGHT_OF.search(before) or _ZH_THOUGHT_OF.search(before):
        return True
    if _OWNED_BY.search(before) and (_OWNS.match(after) or _GONE.match(after)):
        return True
    return bool(_KIN.search(text[start:end]) and _ZH_OWNS.match(after))


_WAITS_FOR = re.compile(
    r"(?:等|等着|等待)(?:[^，。！？等]{0,6}的|一[个位名])?$|"
    r"\bwait(?:s|ed|ing)? for\s+(?:(?:the|an?|her|his)\s+)?"
    r"(?:[a-z]+\s+)?$",
    re.IGNORECASE,
)
_OTHERS_BOAT = re.compile(
    r"(?:[父母]亲|爸爸|妈妈|爷爷|奶奶|外公|丈夫|哥哥|别人|[他她]们?)的(?:小|渔|旧|破)?[船舟]|[船舟]还?[停泊]?在|"
    r"[船舟](?:靠了?岸|来了?|到了?|驶来|归来)|\b(?:boat|ship|ferry)\s+(?:comes?|came|arrive[sd]?|dock(?:s|ed))\b|"
    r"\b(?:her|his|my|their)\s+\w+['’]s\s+(?:\w+\s+)?(?:boat|ship)s?\b",
    re.IGNORECASE,
)


def awaited(text: str, start: int) -> bool:
    """Whether somebody waits for the person named at `start`, who has not come yet."""
    return _WAITS_FOR.search(text[max(0, start - 24) : start]) is not None


def without_others_boats(text: str) -> str:
    """Gives a text without the boats of people who are only spoken of: nobody here is aboard."""
    return _OTHERS_BOAT.sub(" ", text)
