"""Parts an author's prose into narration and dialogue, and finds who speaks.

Everything is spoken, in order, but for three things: the quotation marks around speech, white
space, and a bare attribution: a name or pronoun with a verb of saying and perhaps of how (`他说：`,
`she said.`), which the voice and the picture of the speaker stand for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nightshoot.domain.screenplay import NARRATOR, LineKind
from nightshoot.tools.writer.rehearsal.drafts import Said
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese
from nightshoot.tools.writer.rehearsal.pieces import speakable
from nightshoot.tools.writer.rehearsal.roster import Roster

_QUOTE = re.compile(
    r"“([^“”]{1,2000})”|「([^「」]{1,2000})」|『([^『』]{1,2000})』|\"([^\"]{1,2000})\""
)
_ZH_SAYS = "说道|问道|答道|笑道|喊道|叫道|叹道|回答|说|道|问|答|喊|叫|曰|云"
_ZH_BEFORE = re.compile(
    rf"(?P<head>.*?[。！？，,;；\n]|^)?(?P<tag>(?P<who>[^。！？，,\s]{{1,12}}?)"
    rf"(?:{_ZH_SAYS})(?:着|了)?\s*[：:，,])\s*$",
    re.DOTALL,
)
_ZH_AFTER = re.compile(
    rf"^\s*(?P<tag>(?P<who>[^。！？，,\s]{{1,12}}?)(?:{_ZH_SAYS})(?:着|了)?\s*[。，,.！])"
)
_ZH_HOW = re.compile(
    r"(?:又|也|便|却|只|才|忽然|突然|连忙|急忙|低声|轻声|大声|小声|沉声|柔声|高声|厉声|笑着|哭着|冷冷|淡淡|"
    r"轻轻|悄悄|缓缓|慢慢|喃喃|苦笑|冷笑|微笑|笑|叹|[\u4e00-\u9fff]{1,3}地){0,2}"
)
"""How something is said, and nothing else: it becomes the delivery."""
_EN_SAYS = (
    "said|says|asked|asks|replied|replies|whispered|whispers|shouted|shouts|cried|murmured|answered|"
    "answers|called|muttered|added|laughed|sighed|told|warned|warns|begged|begs|repeated|promised|"
    "insisted|breathed|agreed|continued|demanded|explained|yelled|screamed|snapped|shouts|cries"
)
_EN_WHO = r"(?:the\s+)?[A-Za-z][\w'-]*(?:\s+[\w'-]+){0,2}?"
_EN_AFTER = re.compile(
    rf"^\s*(?P<tag>(?:(?P<who>{_EN_WHO})\s+(?:{_EN_SAYS})|(?:{_EN_SAYS})\s+(?P<who2>{_EN_WHO}))"
    r"(?:\s+(?P<how>\w+ly))?\s*[.,:])",
    re.IGNORECASE,
)
_EN_BEFORE = re.compile(
    rf"(?P<head>.*[.!?\n]\s+|^)?(?P<tag>(?P<who>{_EN_WHO})\s+(?:{_EN_SAYS})(?:\s+(?P<how>\w+ly))?\s*[,:])\s*$",
    re.IGNORECASE | re.DOTALL,
)
_REMEMBERED = re.compile(
    rf"^\s*(?:{_EN_WHO})\s+(?:had|has|used to|would)\s+(?:always\s+|once\s+|often\s+)?"
    r"(?:said|say|told|tell|warned|asked|whispered|called|promised|written)\b",
    re.IGNORECASE,
)
"""Words that somebody said long ago: they are told, not heard."""
_ENDS = re.compile(r"[。！？!?….,，—-]\s*$")
_PRONOUN_FIRST = re.compile(r"\s*(?:他|她|he\b|she\b)", re.IGNORECASE)
_ADJECTIVE = re.compile(r"^(?:old|young|little|tall|老|小|年轻的?)\s*")
_PRONOUNS = frozenset(["他", "她", "我", "它", "he", "she", "i", "they"])


@dataclass(slots=True)
class Conversation:
    """Who spoke and who was named so far; what a pronoun and a bare quote refer to."""

    roster: Roster
    named: list[str]
    speakers: list[str]
    subjects: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Remembers who is named in a text."""
        for sentence in re.split(r"[。！？.!?\n]", text):
            found = [one for _, one in self.roster.mentions(sentence)]
            for one in found:
                if one in self.named:
                    self.named.remove(one)
                self.named.append(one)
            if found and not _PRONOUN_FIRST.match(sentence):
                self.subjects.append(found[0])

    def who(self, word: str) -> str | None:
        """Gives the character whom a name or a pronoun means here, or None."""
        plain = word.strip().casefold()
        if plain in _PRONOUNS:
            seen = self.roster.see(word, before=[*self.named, *self.subjects])
            return seen.people[0] if seen.people else (self.named[-1] if self.named else None)
        exact = self.roster.named(plain.removeprefix("the ")) or self.roster.named(plain)
        if exact:
            return exact
        inside = self.roster.mentions(word)
        return inside[0][1] if inside else None

    def next_speaker(self) -> str | None:
        """Gives who speaks an unattributed quote: the one answered, else the one just named."""
        if len(self.speakers) > 1:
            return self.speakers[-2]
        others = [one for one in self.named if one not in self.speakers[-1:]]
        return others[-1] if others else (self.named[-1] if self.named else None)

    def spoke(self, who: str) -> None:
        """Remembers a speaker."""
        if not self.speakers or self.speakers[-1] != who:
            self.speakers.append(who)


def conversation(roster: Roster) -> Conversation:
    """Starts with nobody named."""
    return Conversation(roster=roster, named=[], speakers=[])


def parted(paragraph: str, talk: Conversation, *, keep_tags: bool = False) -> tuple[Said, ...]:
    """Parts a paragraph into what is narrated and what is said.

    Args:
        paragraph: the author's words.
        talk: the conversation so far; it is carried on.
        keep_tags: speak bare attributions too.
    """
    found: list[Said] = []
    at, text = 0, paragraph
    here: str | None = None
    remembered = False
    for match in _QUOTE.finditer(paragraph):
        if match.start() < at:
            continue
        before = text[at : match.start()]
        after = text[match.end() :]
        inside = next(group for group in match.groups() if group is not None)
        start = _ZH_BEFORE.search(before) or _EN_BEFORE.search(before)
        end = _ZH_AFTER.search(after) or _EN_AFTER.search(after)
        who, how, narrated, skipped = _attributed(before, start, end, talk, keep_tags=keep_tags)
        is_speech = start or end or _ENDS.search(inside) or re.search(r"[：:]\s*$", before)
        if not is_speech and speakable(before):
            continue
        remembered = _REMEMBERED.match(after) is not None or (remembered and not (start or end))
        if remembered:
            continue
        talk.note(narrated)
        speaker = who or here or talk.next_speaker()
        here = speaker
        if speakable(narrated):
            found.append(Said(text=narrated, speaker=NARRATOR))
        kind = LineKind.DIALOGUE if speaker else LineKind.NARRATION
        found.append(Said(text=inside, speaker=speaker or NARRATOR, kind=kind, delivery=how))
        if speaker:
            talk.spoke(speaker)
        at = match.end() + skipped
    rest = text[at:]
    talk.note(rest)
    if speakable(rest):
        found.append(Said(text=rest, speaker=NARRATOR))
    return tuple(found)


def _attributed(
    before: str,
    start: re.Match[str] | None,
    end: re.Match[str] | None,
    talk: Conversation,
    *,
    keep_tags: bool,
) -> tuple[str | None, str, str, int]:
    """Gives the speaker, how they speak, what is narrated before, and how much after is skipped."""
    if start:
        talk.note(start["head"] or "")
        word, how = _split_tag(start, talk)
        who = talk.who(word)
        bare = who is not None and _is_bare(word, talk)
        narrated = (start["head"] or "") if bare and not keep_tags else before
        if who is None:
            sentence = re.split(r"[。！？!?\n]", before)[-1]
            inside = talk.roster.mentions(sentence)
            who = inside[0][1] if inside else None
        return who, how if bare else "", narrated, 0
    if end:
        word, how = _split_tag(end, talk)
        talk.note(before)
        who = talk.who(word)
        bare = who is not None and _is_bare(word, talk)
        return who, how, before, end.end() if bare and not keep_tags else 0
    talk.note(before)
    inside = talk.roster.mentions(before)
    told = re.search(r"[：:]\s*$", before)
    return (inside[-1][1] if inside and told else None), "", before, 0


def _split_tag(match: re.Match[str], talk: Conversation) -> tuple[str, str]:
    """Parts the subject of an attribution from how they speak."""
    parts = match.groupdict()
    word = parts["who"] or parts.get("who2") or ""
    if not has_chinese(word):
        return word, parts.get("how") or ""
    lead = _ADJECTIVE.match(word)
    skipped = lead.end() if lead else 0
    named = talk.roster.leading(word) or talk.roster.leading(word[skipped:])
    length = 1 if word[0] in _PRONOUNS else 0
    if named:
        length = named[1] if talk.roster.leading(word) else skipped + named[1]
    rest = word[length:]
    how = _ZH_HOW.fullmatch(rest)
    return (word[:length], rest) if length and how else (word, "")


def _is_bare(word: str, talk: Conversation) -> bool:
    """Whether an attribution's subject is just a name or a pronoun."""
    plain = _ADJECTIVE.sub("", word.strip().casefold().removeprefix("the "))
    return plain in _PRONOUNS or talk.roster.named(plain.removeprefix("the ")) is not None
