"""Writes figures out as they are said, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from re import Match

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_MEASURES = "个只条位名次天年岁人点分秒种张本间家件把匹艘碗杯块里斤层声眼步口句首幅座盏颗滴双对倍"
_UNITS = {
    "℃": "摄氏度",
    "°C": "摄氏度",
    "km/h": "公里每小时",
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "kg": "公斤",
    "m": "米",
    "g": "克",
}
_MONEY = {"$": "美元", "¥": "元", "￥": "元", "€": "欧元", "£": "英镑"}


def chinese_digits(figures: str) -> str:
    """Reads digits one by one: `2024` gives `二零二四`."""
    return "".join(_DIGITS[int(figure)] for figure in figures)


def chinese_integer(value: int) -> str:
    """Reads a number from 0 up to sixteen digits: `105` gives `一百零五`."""
    if value == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while value:
        value, rest = divmod(value, 10_000)
        groups.append(rest)
    said = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            continue
        if said and (group < 1000 or groups[index + 1] == 0):
            said += _DIGITS[0]
        said += _four_places(group) + _GROUPS[index]
    return said[1:] if said.startswith("一十") else said


def _four_places(value: int) -> str:
    said, gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit == 0:
            gap = bool(said)
            continue
        said += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return said


def _chinese_number(text: str) -> str:
    text = text.replace(",", "")
    whole, _, part = text.partition(".")
    if part:
        return f"{chinese_integer(int(whole or 0))}点{chinese_digits(part)}"
    # Figures that begin with nought, and long ones, name something: they are read one by one.
    if (len(whole) > 1 and whole[0] == "0") or len(whole) > 9:
        return chinese_digits(whole)
    return chinese_integer(int(whole))


def _chinese_clock(match: Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    said = f"{'两' if hour == 2 else chinese_integer(hour)}点"
    if minute == 0:
        return said
    return f"{said}{'零' if minute < 10 else ''}{chinese_integer(minute)}分"


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE: tuple[tuple[re.Pattern[str], Callable[[Match[str]], str]], ...] = (
    (re.compile(r"(?<!\d)(\d{4})(?=年)"), lambda m: chinese_digits(m[1])),
    (re.compile(r"(?<![\d:])(\d{1,2})[:：]([0-5]\d)(?![\d:])"), _chinese_clock),
    (re.compile(r"(?<=\d)\s*[-~～—–]\s*(?=\d)"), lambda _: "到"),
    (re.compile(r"(?<![A-Za-z\d)])[-−](?=\d)"), lambda _: "负"),
    (
        re.compile(rf"([$¥￥€£])\s*({_NUMBER})([万亿]?)"),
        lambda m: f"{_chinese_number(m[2])}{m[3]}{_MONEY[m[1]]}",
    ),
    (re.compile(rf"({_NUMBER})\s*[%％]"), lambda m: f"百分之{_chinese_number(m[1])}"),
    (
        re.compile(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])"),
        lambda m: f"{chinese_integer(int(m[2]))}分之{chinese_integer(int(m[1]))}",
    ),
    (
        re.compile(rf"({_NUMBER})\s*({'|'.join(map(re.escape, _UNITS))})(?![A-Za-z])"),
        lambda m: f"{_chinese_number(m[1])}{_UNITS[m[2]]}",
    ),
    (re.compile(rf"(?<![\d.A-Za-z第])2(?=[{_MEASURES}])"), lambda _: "两"),
    (re.compile(_NUMBER), lambda m: _chinese_number(m[0])),
)


def chinese_numerals(text: str) -> str:
    """Writes every figure of a Chinese text in characters."""
    for pattern, said in _CHINESE:
        text = pattern.sub(said, text)
    return text


def _english_year(match: Match[str]) -> str:
    century, rest = match[1], match[2]
    if rest == "00":
        return f"{century} hundred"
    return f"{century} oh {rest[1]}" if rest[0] == "0" else f"{century} {rest}"


def _english_clock(match: Match[str]) -> str:
    hour, minute = match[1], int(match[2])
    if minute == 0:
        return hour if match[3] else f"{hour} o'clock"
    return f"{hour} oh {minute}" if minute < 10 else f"{hour} {minute}"


def _english_money(match: Match[str]) -> str:
    coin, cents = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}[
        match[1]
    ]
    whole, many = match[2].replace(",", ""), match[4]
    if many:
        return f"{whole}{'.' + match[3] if match[3] else ''} {many} {coin}s"
    said = f"{whole} {coin}{'' if whole == '1' else 's'}"
    if match[3]:
        few = int(match[3].ljust(2, "0")[:2])
        plural = "pence" if cents == "penny" else f"{cents}s"
        said += f" and {few} {cents if few == 1 else plural}"
    return said


_ENGLISH: tuple[tuple[re.Pattern[str], Callable[[Match[str]], str]], ...] = (
    (
        re.compile(r"(?<![\d:])(\d{1,2}):([0-5]\d)(?![\d:])(?=\s*([ap]\.?m\b)?)", re.IGNORECASE),
        _english_clock,
    ),
    (
        re.compile(
            r"([$£€])(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?: (hundred|thousand|[bmtr]+illion))?"
        ),
        _english_money,
    ),
    (re.compile(r"(?<=\d),(?=\d{3})"), lambda _: ""),
    # From 1100 to 1999 and from 2010 on, four figures alone are most often a year.
    (
        re.compile(r"(?<![\d.$])\b(1[1-9]|20(?=[1-9]))(\d\d)\b(?!\.\d| (?:dollar|pound|euro))"),
        _english_year,
    ),
    (re.compile(r"(\d)\s*%"), lambda m: f"{m[1]} percent"),
    (re.compile(r"(?<=\d)\s*[–—-]\s*(?=\d)"), lambda _: " to "),
    (
        re.compile(r"(\d+)\.(\d+)"),
        lambda m: f"{m[1]} point {' '.join(m[2])}",
    ),
)


def english_numerals(text: str) -> str:
    """Rewrites years, times, money, shares and decimals as they are said.

    Whole numbers stay figures: every English voice reads those right.
    """
    for pattern, said in _ENGLISH:
        text = pattern.sub(said, text)
    return text
