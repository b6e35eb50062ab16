"""What one clause is about: its shots and its person, worked out when a rule first needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

from nightshoot.tools.writer.rehearsal.revising.asking import Unclear
from nightshoot.tools.writer.rehearsal.revising.clause import Clause
from nightshoot.tools.writer.rehearsal.revising.resolving import Resolver
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Reference, Token, Way


@dataclass(slots=True)
class Scope:
    """A clause with what it is about."""

    clause: Clause
    resolver: Resolver
    excepted: tuple[str, ...] = ()
    """Shots that the request leaves out."""
    _shots: tuple[str, ...] = field(default=())

    @property
    def named(self) -> tuple[Token, ...]:
        """The references to shots that nobody has taken."""
        return self.clause.marked(Mark.SHOTS)

    def shots(self) -> tuple[str, ...]:
        """Gives the shots of the clause, else those that the talk is about.

        Raises:
            Unclear: it is not clear which.
            Impossible: there are none such.
        """
        if not self._shots:
            self._shots = self._find()
        return self._shots

    def _find(self) -> tuple[str, ...]:
        film, named = self.resolver.film, self.named
        if self.clause.claim("rest"):
            self.clause.claim("object", "camera")
            away = self.excepted or self.resolver.now()
            found: tuple[str, ...] = tuple(one for one in film.ids if one not in away)
        elif named:
            meant = [one for token in named for one in self.resolver.resolve(token)]
            self.clause.take(*named)
            found = tuple(one for one in film.ids if one in meant)
        elif self.clause.claim("object", "film"):
            found = film.ids
        else:
            found = self.resolver.now()
        left = tuple(one for one in found if one not in self.excepted)
        if not left:
            raise self.resolver.which_shot()
        if not self.resolver.forced:
            self.resolver.shots = left
        return left

    def person(self, *, carried: bool = True) -> str:
        """Gives the character or the narrator of the clause; empty where there is none.

        Raises:
            Unclear: several may be meant.
            Impossible: nobody is.
        """
        named = self.clause.marked(Mark.PERSON)
        if not named:
            return self.resolver.person if carried else ""
        found = {self.resolver.who(token) for token in named}
        if len(found) > 1:
            raise Unclear(self.resolver.reply("which_person", what=self.clause.text))
        self.clause.take(*named)
        return found.pop()

    def drop_that(self) -> None:
        """Accounts for an `it` that means no shot."""
        self.clause.take(
            *(
                token
                for token in self.named
                if isinstance(token.value, Reference)
                and (token.value.way is Way.THAT or token.value.everything)
            )
        )

    def one_of(self, kind: str) -> str:
        """Takes the words of a kind and gives what they stand for; empty where there are none.

        Raises:
            Unclear: they stand for two things.
        """
        found = self.clause.of(kind)
        values = tuple(dict.fromkeys(value for _, value in found))
        if len(values) > 1:
            raise Unclear(self.resolver.reply("two_things", what=self.clause.text))
        self.clause.take(*(token for token, _ in found))
        return values[0] if values else ""
