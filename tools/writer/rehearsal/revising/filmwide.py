"""Understands what is asked of the whole film: music, captions and the shape of the picture."""

from __future__ import annotations

from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.revision import CaptionSize, Operation, SetCaptions, SetFilm, SetMusic
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.scope import Scope
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark

_STEP_DB = 6.0
"""How much louder or softer one step is. Source: 6 dB is twice the amplitude, plainly heard under
speech; 3 dB is a change that a listener may miss."""

_SHAPES = ("landscape", "portrait", "square")


def music(scope: Scope) -> list[Operation]:
    """Gives the operations on the music."""
    clause, resolver = scope.clause, scope.resolver
    ways = {"louder": 1, "larger": 1, "higher": 1, "quieter": -1, "smaller": -1, "lower": -1}
    changes = [one for one in clause.changes() if one.value in ways]
    spoken_of = clause.has("object", "music")
    if not spoken_of and clause.has("object"):
        return []
    carried = resolver.topic == "music" and not _shot_named(scope) and not clause.marked(Mark.LINE)
    loud = changes and all(
        one.value in ("louder", "quieter", "larger", "smaller") for one in changes
    )
    again = clause.has("verb", "other", "again")
    if not spoken_of and not (carried and (loud or again)):
        return []
    if not clause.marked(Mark.LINE) and not _shot_named(scope):
        scope.drop_that()
    clause.claim("object", "music", "volume")
    resolver.topic = "music"
    if clause.has("mood"):
        raise Impossible(resolver.reply("music_mood", what=clause.text))
    off = clause.claim("verb", "off", "delete") or clause.claim("negation")
    on = not off and not changes and not again and _turned_on(scope)
    if changes:
        if len({ways[one.value] for one in changes}) > 1:
            raise Unclear(resolver.reply("two_things", what=clause.text))
        for one in changes:
            clause.take_change(one)
        step = _STEP_DB * ways[changes[0].value] * max(one.steps for one in changes)
        before = _options(scope).music_db
        level = min(12.0, max(-24.0, before + step))
        if level == before:
            raise Impossible(resolver.reply("same_again", what=clause.text))
        return [SetMusic(louder_db=level)]
    if off or on:
        return [SetMusic(on=not off)]
    if clause.claim("verb", "other", "again"):
        return [SetMusic(again=True)]
    raise Unclear(resolver.reply("unknown", what=clause.text))


def _turned_on(scope: Scope) -> bool:
    """Whether the clause turns something on; the word `on` alone is a preposition."""
    found = [t for t, value in scope.clause.of("verb", "on")]
    scope.clause.take(*found)
    added = [t for t in scope.clause.tokens if t.text in ("加", "add", "要", "want", "put")]
    scope.clause.take(*added)
    return bool(found or added)


def _shot_named(scope: Scope) -> bool:
    before = scope.clause.taken.copy()
    scope.drop_that()
    named = bool(scope.named)
    scope.clause.taken.clear()
    scope.clause.taken.update(before)
    return named


def _options(scope: Scope) -> FilmOptions:
    order = scope.resolver.film.order
    return order.options or FilmOptions(locale=order.storyboard.locale)


def captions(scope: Scope) -> list[Operation]:
    """Gives the operations on the captions."""
    clause, resolver = scope.clause, scope.resolver
    changes = [one for one in clause.changes() if one.value in ("larger", "smaller")]
    spoken_of = clause.has("object", "captions")
    if not spoken_of and not (
        resolver.topic == "captions" and changes and not clause.has("object")
    ):
        return []
    scope.drop_that()
    clause.claim("object", "captions")
    resolver.topic = "captions"
    if changes:
        clause.take_change(changes[0])
        size = _step(scope, changes[0].value)
        if size is None:
            raise Impossible(resolver.reply("captions_end", what=changes[0].token.text))
        return [SetCaptions(size=size)]
    off = clause.claim("verb", "off", "delete") or clause.claim("negation")
    if off or _turned_on(scope):
        return [SetCaptions(on=not off)]
    if any(token.text in ("medium", "中等", "normal") for token in clause.tokens):
        clause.claim("size", "MS")
        return [SetCaptions(size=CaptionSize.MEDIUM)]
    raise Unclear(resolver.reply("unknown", what=clause.text))


def _step(scope: Scope, way: str) -> CaptionSize | None:
    """Gives the next size that way, or None where there is none."""
    order = list(CaptionSize)
    place = order.index(_options(scope).caption_size) + (1 if way == "larger" else -1)
    return order[place] if 0 <= place < len(order) else None


def shape(scope: Scope) -> list[Operation]:
    """Gives the operations on the shape of the picture."""
    clause = scope.clause
    pixels = clause.marked(Mark.PIXELS)
    named = scope.one_of("aspect")
    if not pixels and not named:
        return []
    if named not in ("", *_SHAPES) or len(pixels) > 1:
        raise Unclear(scope.resolver.reply("unknown", what=clause.text))
    clause.take(*pixels)
    clause.claim("object", "picture_format", "film", "colour")
    scope.drop_that()
    size = _turned(named, scope) if named else None
    if pixels:
        given = pixels[0].value
        if not isinstance(given, tuple):
            raise TypeError(f"{given!r} is no size")
        sized = _pixels(*given, scope)
        if size and (size[0] > size[1]) != (sized[0] > sized[1]):
            raise Unclear(scope.resolver.reply("two_things", what=clause.text))
        size = sized
    return [SetFilm(size=size)]


def _turned(shape_: str, scope: Scope) -> tuple[int, int]:
    """Gives the film's size turned that way; a film that lies that way already keeps it."""
    options = _options(scope)
    short, long = sorted((options.width, options.height))
    if shape_ == "square":
        return short, short
    return (long, short) if shape_ == "landscape" else (short, long)


def _pixels(width: int, height: int, scope: Scope) -> tuple[int, int]:
    """Gives even pixels for a size, or for a ratio at the film's shorter side."""
    if width < 100:
        options = _options(scope)
        scale = min(options.width, options.height) / min(width, height)
        width, height = round(width * scale), round(height * scale)
    return width - width % 2, height - height % 2
