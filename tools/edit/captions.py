"""From what is said to what is read: screens of one or two lines, and when each is shown.

Source: Netflix Timed Text Style Guides: Simplified Chinese at most 9 characters a second and two
lines, English at most 20 characters a second (17 in children's programmes, which is our aim where
there is time) and 42 a line, 5/6 s the shortest; our lines are shorter in upright pictures, because
letters are larger there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from nightshoot.domain.brief import CaptionSize
from nightshoot.domain.cut import Caption
from nightshoot.domain.time import frames_for
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.edit.phrases import Piece, letters_of, pieces_of, units_of
from nightshoot.tools.protocols import Word

READING_UNITS_A_SECOND: dict[Locale, float] = {Locale.ZH: 9.0, Locale.EN: 20.0}
"""The fastest readable caption. Source: see the module."""

SILENT_UNITS_A_SECOND: dict[Locale, float] = {Locale.ZH: 5.0, Locale.EN: 14.0}
"""The pace of a film without a voice. Source: Mandarin is narrated at 4 to 5 syllables a second and
English at about 150 words (14 letters a second); viewers expect captions at the pace of speech."""

MIN_CAPTION_S = 0.8
"""Source: Netflix asks for 5/6 s; single-word answers in short drama are a touch quicker."""

LINGER_S = 0.2
"""How long the last caption stays after the voice; shorter than the pause between lines."""


CAPTION_SCALE: dict[CaptionSize, float] = {
    CaptionSize.SMALL: 0.82,
    CaptionSize.MEDIUM: 1.0,
    CaptionSize.LARGE: 1.25,
}
"""How large captions are against the usual. Source: looked at on 720x1280 and 1280x720 stills: the
small ones are still read at arm's length on a phone, the large ones keep nine characters a line."""


def line_units(
    locale: Locale, *, width: int, height: int, size: CaptionSize = CaptionSize.MEDIUM
) -> int:
    """Gives how long a caption's line may be, in units of `phrases.units_of`."""
    aspect = width / height
    chinese = 13 if aspect < 0.8 else 16 if aspect < 1.4 else 20
    latin = 26 if aspect < 0.8 else 32 if aspect < 1.4 else 42
    return int((chinese if locale is Locale.ZH else latin) / CAPTION_SCALE[size])


@dataclass(frozen=True, slots=True)
class _Screen:
    text: str
    letters: int


def caption_lines(
    text: str, locale: Locale, *, max_units: int, max_lines: int = 2
) -> tuple[str, ...]:
    """Breaks a spoken text into the screens of its captions, in order.

    Lines of a screen are parted by a newline. Chinese keeps words whole and shows commas and full
    stops as gaps; English keeps its marks. Only a word longer than a line is broken inside.

    Args:
        text: what is said; control characters are left out.
        locale: whose habits to follow.
        max_units: the longest line, in units of `phrases.units_of`.
        max_lines: 1 or 2.
    """
    return tuple(screen.text for screen in _screens(text, locale, max_units, max_lines))


def captions_for(
    *,
    text: str,
    locale: Locale,
    speaker: str,
    start_frame: int,
    duration_s: float,
    words: tuple[Word, ...],
    fps: Fraction,
    width: int,
    height: int,
    size: CaptionSize = CaptionSize.MEDIUM,
) -> tuple[Caption, ...]:
    """Splits a spoken line into consecutive captions that follow the voice.

    Args:
        text: what is said.
        locale: the language of the film.
        speaker: who says it; kept in the captions.
        start_frame: the frame of the clip at which the voice begins.
        duration_s: how long it is heard, in seconds.
        words: when each word is heard, where the voice reports it; else length shares the time.
        fps: frames per second.
        width: of the film, in pixels.
        height: of the film, in pixels.
        size: how large the captions are.
    """
    limit = line_units(locale, width=width, height=height, size=size)
    screens = _screens(text, locale, limit, 2)
    if not screens:
        return ()
    shown_s = max(duration_s + LINGER_S, MIN_CAPTION_S)
    needs = [_reading_s(screen.text, locale) for screen in screens]
    wished = _onsets(screens, words, duration_s, locale)
    onsets = _readable(wished, needs, shown_s)
    frames = [start_frame + round(Fraction(onset) * fps) for onset in onsets]
    last = max(start_frame + frames_for(shown_s, fps), frames[-1] + 1)
    # Two screens never share a frame, not even in a line said in no time.
    for index in range(1, len(frames)):
        frames[index] = max(frames[index], frames[index - 1] + 1)
    ends = [*frames[1:], max(last, frames[-1] + 1)]
    return tuple(
        Caption(start=start, end=end, text=screen.text, speaker=speaker)
        for screen, start, end in zip(screens, frames, ends, strict=True)
    )


def reading_time_s(text: str, locale: Locale) -> float:
    """Gives how long a text should be shown where no voice says it, in seconds."""
    units = units_of("".join(text.split()), locale)
    if locale is Locale.EN:
        units = units_of(text.strip(), locale)
    return max(MIN_CAPTION_S, units / SILENT_UNITS_A_SECOND[locale])


def _reading_s(text: str, locale: Locale) -> float:
    return max(MIN_CAPTION_S, units_of(text, locale) / READING_UNITS_A_SECOND[locale])


def _onsets(
    screens: Sequence[_Screen], words: Sequence[Word], duration_s: float, locale: Locale
) -> list[float]:
    """Gives when each screen's first word is heard, in seconds from the start of the line."""
    letters = [max(1, screen.letters) for screen in screens]
    before = [0, *accumulate(letters[:-1])]
    spoken = [(len(letters_of(word.text)), word) for word in words]
    heard = sum(count for count, _ in spoken)
    if not heard:
        shares = [units_of(screen.text, locale) for screen in screens]
        return [duration_s * at / sum(shares) for at in [0.0, *accumulate(shares[:-1])]]
    scale = heard / sum(letters)
    onsets = []
    for letter in before:
        position, passed = letter * scale, 0
        for count, word in spoken:
            # Half a letter of slack: voices report words with and without their marks.
            if count and position < passed + count - 0.5:
                within = max(0.0, (position - passed) / count)
                onsets.append(word.start_s + (word.end_s - word.start_s) * within)
                break
            passed += count
        else:
            onsets.append(duration_s)
    return [0.0, *onsets[1:]]


def _readable(wished: list[float], needs: list[float], total: float) -> list[float]:
    """Moves onsets as little as needed to give every screen its reading time, if there is any."""
    if sum(needs) >= total:
        share = total / sum(needs)
        return [share * at for at in [0.0, *accumulate(needs[:-1])]]
    onsets = list(wished)
    for index in range(1, len(onsets)):
        onsets[index] = max(onsets[index], onsets[index - 1] + needs[index - 1])
    latest = total
    for index in range(len(onsets) - 1, 0, -1):
        latest = min(onsets[index], latest - needs[index])
        onsets[index] = latest
    return onsets


# --- Screens: the cheapest way through the pieces, by dynamic programming


def _screens(text: str, locale: Locale, max_units: int, max_lines: int) -> tuple[_Screen, ...]:
    pieces = pieces_of(text, locale, max_units=max_units)
    count = len(pieces)
    best: list[tuple[float, int, str]] = [(0.0, 0, "")] + [(float("inf"), 0, "")] * count
    for start in range(count):
        for end in range(start + 1, count + 1):
            screen = _screen(pieces[start:end], locale, max_units, max_lines)
            if screen is None:
                break
            cost, shown = screen
            boundary = 0.0 if end == count else _screen_break(pieces[end - 1].weight)
            total = best[start][0] + cost + boundary
            if total < best[end][0]:
                best[end] = (total, start, shown)
    screens, at = [], count
    while at:
        _, start, shown = best[at]
        screens.append(_Screen(shown, sum(piece.letters for piece in pieces[start:at])))
        at = start
    return tuple(reversed(screens))


def _screen_break(weight: float) -> float:
    """A new screen in the middle of a phrase is worse than a new line there."""
    return weight * 2.5 if weight > 1.5 else weight


def _line(pieces: Sequence[Piece]) -> str:
    body = "".join(piece.text + piece.gap for piece in pieces[:-1])
    return (body + pieces[-1].text).rstrip("、")


def _screen(
    pieces: Sequence[Piece], locale: Locale, max_units: int, max_lines: int
) -> tuple[float, str] | None:
    """Gives the cost and the text of one screen of these pieces, or None where they do not fit."""
    whole = _line(pieces)
    units = units_of(whole, locale)
    choices = []
    if units <= max_units:
        choices.append((_line_cost(pieces, units, max_units), whole))
    elif units > max_units * max_lines + 2:
        return None
    if max_lines > 1 and units > max_units * 0.6:
        for cut in range(1, len(pieces)):
            upper, lower = _line(pieces[:cut]), _line(pieces[cut:])
            lengths = units_of(upper, locale), units_of(lower, locale)
            if max(lengths) > max_units:
                continue
            slope = (lengths[0] - lengths[1]) / max_units
            # A shorter line above a longer one hides less of the picture.
            cost = 3.0 + pieces[cut - 1].weight + 9 * slope * slope + (1 if slope > 0 else 0)
            cost += _line_cost(pieces[:cut], lengths[0], max_units)
            cost += _line_cost(pieces[cut:], lengths[1], max_units)
            choices.append((cost, f"{upper}\n{lower}"))
    if not choices:
        return None
    cost, shown = min(choices)
    return cost + 7.0, shown


def _line_cost(pieces: Sequence[Piece], units: float, max_units: int) -> float:
    """Two sentences in one line, and lines of a letter or two, are hard on the eye."""
    inner = sum(5.0 if p.weight == 0 else 0.0 for p in pieces[:-1])
    share = units / max_units
    return inner + (40.0 * (0.16 - share) / 0.16 if share < 0.16 else 0.0)
