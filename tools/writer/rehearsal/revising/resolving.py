"""Says which shots, people and lines are meant; asks where more than one may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nightshoot.domain.revision import Operation, SetCaptions, SetFilm, SetMusic, SetVoice
from nightshoot.domain.screenplay import NARRATOR, LineKind
from nightshoot.domain.vocabulary import Locale, Sex
from nightshoot.tools.writer.rehearsal.lexicon import term
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear, reply
from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.marking import Request
from nightshoot.tools.writer.rehearsal.revising.tokens import (
    LineWish,
    Mark,
    Reference,
    Token,
    Way,
)


@dataclass(slots=True)
class Resolver:
    """What a request has been about so far, and what the conversation was about before it."""

    request: Request
    shots: tuple[str, ...] = ()
    """Those that the request named last."""
    person: str = ""
    topic: str = ""
    """`music`, `captions` or `voice`, where the last clause was about it."""
    forced: tuple[str, ...] = ()
    """Shots that stand in for those of a repeated request."""

    def __post_init__(self) -> None:
        operation = self._last_operation()
        if isinstance(operation, SetMusic):
            self.topic = "music"
        elif isinstance(operation, SetCaptions):
            self.topic = "captions"
        elif isinstance(operation, SetVoice):
            self.topic, self.person = "voice", operation.speaker

    @property
    def film(self) -> FilmRead:
        """The film of the request."""
        return self.request.film

    @property
    def locale(self) -> Locale:
        """The language of the answer."""
        return self.request.locale

    def reply(self, name: str, /, **parts: object) -> str:
        """Gives a reply in the request's language."""
        return reply(name, self.locale, **parts)

    def _last_operation(self) -> Operation | None:
        for turn in reversed(self.film.order.turns):
            if turn.revision.operations:
                return turn.revision.operations[-1]
        return None

    def recent(self) -> tuple[str, ...]:
        """Gives the shots that the conversation was about last."""
        for turn in reversed(self.film.order.turns):
            if not turn.revision.operations:
                continue
            named = [s for one in turn.revision.operations for s in self.film.touched_by(one)]
            if named:
                return tuple(one for one in self.film.ids if one in named)
            if not isinstance(turn.revision.operations[-1], SetMusic | SetCaptions | SetFilm):
                return ()
        return ()

    def resolve(self, token: Token) -> tuple[str, ...]:
        """Gives the shots that a reference means, and remembers them.

        Raises:
            Unclear: it may mean several.
            Impossible: it means none.
        """
        reference = token.value
        if not isinstance(reference, Reference):
            raise TypeError(f"{token.text!r} names no shots")
        if self.forced:
            return self.forced
        found = self._meant(reference, token)
        self.shots = found
        return found

    def _meant(self, reference: Reference, token: Token) -> tuple[str, ...]:
        if reference.way is Way.GIVEN:
            return reference.shots
        if reference.way is Way.MISSING:
            what = self.request.words(token.start, token.end)
            raise Impossible(self.reply("no_such_shot", what=what, count=len(self.film.ids)))
        if reference.way is Way.FOUND:
            self._ask_which(reference, token)
        before = self.shots or self.recent()
        if not before:
            raise self.which_shot(token)
        if reference.way is Way.THAT:
            return before
        step = 1 if reference.way is Way.NEXT else -1
        place = self.film.position(before[-1] if step > 0 else before[0]) + step
        if not 0 <= place < len(self.film.ids):
            raise Impossible(self.reply("no_next"))
        return (self.film.ids[place],)

    def _ask_which(self, reference: Reference, token: Token) -> None:
        named = [self._call(group) for group in reference.groups]
        what = self.request.words(token.start, token.end)
        choices = tuple(self.request.instead(token, name) for name in named)
        raise Unclear(self.reply("which_of", what=what), choices)

    def _call(self, shots: Sequence[str]) -> str:
        """Gives words for shots that need no further question."""
        scenes = list(self.film.scenes.values())
        if len(shots) > 1 and tuple(shots) in scenes:
            place = scenes.index(tuple(shots)) + 1
            return f"第{place}场" if self.locale is Locale.ZH else f"scene {place}"
        return self.film.call(shots[0], self.locale)

    def which_shot(self, token: Token | None = None) -> Unclear:
        """Gives the question which shot is meant, with every scene to choose from."""
        zh = self.locale is Locale.ZH
        names = ["每个镜头" if zh else "every shot"]
        names += [self._call(group) for group in self.film.scenes.values()]
        if token is not None:
            choices = [self.request.instead(token, name) for name in names]
        elif zh:
            choices = [f"{name}，{self.request.original}" for name in names]
        else:
            choices = [f"{name}: {self.request.original}" for name in names]
        return Unclear(self.reply("which_shot"), tuple(choices))

    def now(self) -> tuple[str, ...]:
        """Gives the shots that a clause is about which names none.

        Raises:
            Unclear: neither the request nor the conversation has named any.
        """
        found = self.forced or self.shots or self.recent()
        if not found:
            raise self.which_shot()
        return found

    def who(self, token: Token) -> str:
        """Gives the character, or `narrator`, that a name or a pronoun means.

        Raises:
            Unclear: it may mean several.
            Impossible: it means nobody.
        """
        self.person = self._who(str(token.value), token)
        return self.person

    def _who(self, named: str, token: Token) -> str:
        if named not in (Sex.FEMALE.value, Sex.MALE.value):
            return named
        people = self.film.by_sex(term(Sex, named))
        if self.person in people:
            return self.person
        for turn in reversed(self.film.order.turns):
            for operation in reversed(turn.revision.operations):
                known = getattr(operation, "character", "") or getattr(operation, "speaker", "")
                line = getattr(operation, "line", "")
                if line in self.film.spoken:
                    known = self.film.order.screenplay.line(line).speaker
                if known in people:
                    return str(known)
        what = self.request.words(token.start, token.end)
        if not people:
            names = "、".join(p.name for p in self.film.people.values())
            raise Impossible(self.reply("nobody", what=what, names=names))
        if len(people) > 1:
            owning = self.locale is Locale.EN and token.text in ("her", "his", "hers")
            raise Unclear(
                self.reply("which_person", what=what),
                tuple(
                    self.request.instead(token, self.film.people[p].name + ("'s" if owning else ""))
                    for p in people
                ),
            )
        return people[0]

    def line(self, token: Token) -> str:
        """Gives the line that is meant.

        Raises:
            Unclear: it may be one of several.
            Impossible: there is none.
        """
        if token.mark is Mark.QUOTE:
            found = self.film.saying(str(token.value))
        else:
            wish = token.value
            if not isinstance(wish, LineWish):
                raise TypeError(f"{token.text!r} names no line")
            found = self._lines(wish, token)
        if not found:
            what = self.request.words(token.start, token.end)
            raise Impossible(self.reply("no_line", what=what))
        if len(found) > 1:
            raise self._which_line(found, token)
        self.shots = (self.film.spoken[found[0]],)
        speaker = self.film.order.screenplay.line(found[0]).speaker
        self.person = speaker if speaker != NARRATOR else self.person
        return found[0]

    def _lines(self, wish: LineWish, token: Token) -> tuple[str, ...]:
        if wish.quoted:
            return wish.saying
        if wish.that:
            return self._recent_line()
        shots = self.forced or self.film.ids
        if wish.shots is not None and not self.forced:
            shots = self.resolve(_as_shots(token, wish.shots, self.request))
        speaker = (
            self._who(wish.speaker, _as_person(token, wish, self.request)) if wish.speaker else ""
        )
        play = self.film.order.screenplay
        tests: list[Callable[[str], bool]] = [lambda one: self.film.spoken[one] in shots]
        if speaker:
            tests.append(lambda one: play.line(one).speaker == speaker)
        if wish.kind:
            tests.append(lambda one: play.line(one).kind is LineKind(wish.kind))
        found = tuple(one for one in self.film.spoken if all(test(one) for test in tests))
        if wish.place is None:
            return found
        place = wish.place - 1 if wish.place > 0 else wish.place
        return (found[place],) if -len(found) <= place < len(found) else ()

    def _recent_line(self) -> tuple[str, ...]:
        for turn in reversed(self.film.order.turns):
            for operation in reversed(turn.revision.operations):
                line = getattr(operation, "line", "")
                if line in self.film.spoken:
                    return (str(line),)
        return ()

    def _which_line(self, lines: Sequence[str], token: Token) -> Unclear:
        zh = self.locale is Locale.ZH
        told = [self.film.order.screenplay.line(one).text for one in lines]
        words = [f"“{text}”这句" if zh else f'the line "{text}"' for text in told]
        return Unclear(
            self.reply("which_line"), tuple(self.request.instead(token, one) for one in words)
        )


def _as_shots(token: Token, reference: Reference, request: Request) -> Token:
    """Gives the part of a line's words that names its shots."""
    for inner in request.inner:
        if inner.value is reference and token.start <= inner.start and inner.end <= token.end:
            return inner
    return Token(
        mark=Mark.SHOTS, start=token.start, end=token.end, text=token.text, value=reference
    )


def _as_person(token: Token, wish: LineWish, request: Request) -> Token:
    """Gives the part of a line's words that names who says it."""
    for inner in request.inner:
        if inner.mark is Mark.PERSON and token.start <= inner.start and inner.end <= token.end:
            return inner
    return Token(
        mark=Mark.PERSON, start=token.start, end=token.end, text=token.text, value=wish.speaker
    )
