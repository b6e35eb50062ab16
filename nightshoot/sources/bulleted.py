"""The bulleted Chinese form of a screenplay: acts, stage directions in brackets, speakers.

    - **标题**：赤壁赋
    - **人物**：苏轼（旁白）/朋友
    - **第一幕：江上夜游**
      - （幕启，苏轼与朋友在船上泛舟。）
      - 旁白（苏轼）：壬戌之秋，七月既望。（两人对坐。）
      - 朋友：此非孟德之困于周郎者乎？

English words work too: Title, Characters, Place, Act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nightshoot.domain.brief import ScriptItem, ScriptKind, Source, SourceKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.sources.texts import locale_of, titled

_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.、])\s+")
_BOLD = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_ACT = re.compile(
    r"^(第\s*[一二三四五六七八九十百\d]+\s*[幕场集章回节](?:\s*[：:、]?\s*.*)?|(?:act|scene|chapter)\s+[\divx]+\b.*)$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^(标题|片名|剧名|人物|角色|场景|地点|title|characters?|cast|place|setting|location)\s*[：:]\s*(.+)$",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"^([^：:。！？!?（(“\"]{1,16}?|[A-Za-z][A-Za-z .'\-]{0,27}?)\s*"
    r"(?:[（(]([^）)]{1,30})[）)])?\s*[：:]\s*(.+)$",
    re.DOTALL,
)
_BRACKETS = re.compile(r"[（(【\[]([^（）()【】\[\]]+)[）)】\]]")
_NARRATORS = ("旁白", "画外音", "解说", "narrator", "narration", "voice over", "v.o.", "vo")
_TITLES = ("标题", "片名", "剧名", "title")
_CASTS = ("人物", "角色", "characters", "character", "cast")
_END = "。！？.!?…」』”\"'’"


def is_screenplay(text: str) -> bool:
    """Whether a text has this form: an act or a cast, and at least two speakers' lines."""
    lines = [_plain(line) for line in text.splitlines() if line.strip()]
    bulleted = sum(bool(_BULLET.match(line)) for line in text.splitlines())
    marked = any(_ACT.match(line) for line in lines) or any(
        (match := _FIELD.match(line)) and match[1].lower() in _CASTS for line in lines
    )
    speeches = sum(bool(_SPEECH.match(line)) and not _FIELD.match(line) for line in lines)
    return marked and speeches >= 2 and (bulleted * 2 >= len(lines) or speeches * 3 >= len(lines))


def read_bulleted(text: str, *, name: str, locale: Locale | None) -> Source:
    """Reads a screenplay of this form; every line is kept with its speaker, in order.

    Args:
        text: the whole text.
        name: the title where the text has none.
        locale: the film's language, or None to tell it from the text.
    """
    reader = _Reader()
    for line in text.splitlines():
        plain = _plain(line)
        if plain:
            reader.take(plain)
    return Source(
        kind=SourceKind.SCREENPLAY,
        text=text,
        title=reader.title or name,
        locale=locale or locale_of(text),
        cast=tuple(reader.cast),
        place=reader.place,
        script=tuple(reader.items),
        reports=tuple(reader.reports),
    )


def _plain(line: str) -> str:
    line = _BULLET.sub("", line)
    line = re.sub(r"^#{1,4}\s+", "", line)
    return _BOLD.sub(lambda match: match[1] or match[2], line).strip()


@dataclass
class _Reader:
    """Takes line after line."""

    title: str = ""
    place: str = ""
    cast: list[str] = field(default_factory=list)
    narrating: str = ""
    """The character whom the cast list marks as the narrator."""
    items: list[ScriptItem] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        head = _FIELD.match(line)
        if head:
            self._take_field(head[1].lower(), head[2].strip())
        elif _ACT.match(line):
            self._add(ScriptKind.ACT, line)
        else:
            speech = _SPEECH.match(line)
            if speech and not line.startswith(("（", "(", "【", "[")):
                self._take_speech(speech[1].strip(), (speech[2] or "").strip(), speech[3].strip())
            else:
                self._add(ScriptKind.STAGE, _unbracketed(line))

    def _take_field(self, name: str, value: str) -> None:
        if name in _TITLES:
            self.title = self.title or titled(value.strip("《》"))
        elif name in _CASTS:
            for part in re.split(r"[/、，,;；]+", value):
                person = re.sub(r"[（(].*?[）)]", "", part).strip()
                note = _BRACKETS.search(part)
                if note and note[1].strip().lower() in _NARRATORS:
                    self.narrating = person
                known = person.lower() in _NARRATORS or person in self.cast
                if person and not known:
                    self.cast.append(person)
        elif self.items:
            self._add(ScriptKind.PLACE, value)
        else:
            self.place = value

    def _take_speech(self, who: str, note: str, text: str) -> None:
        narrated = who.lower() in _NARRATORS
        if narrated:
            kind, speaker, delivery = ScriptKind.NARRATION, note or self.narrating, ""
        elif note.lower() in _NARRATORS:
            kind, speaker, delivery = ScriptKind.NARRATION, who, ""
        else:
            kind, speaker, delivery = ScriptKind.DIALOGUE, who, note
        said = ""
        position = 0
        # A bracket after a finished sentence is a direction of its own; one inside it is delivery.
        for match in _BRACKETS.finditer(text):
            said += text[position : match.start()]
            position = match.end()
            if not said.strip() or said.rstrip()[-1] in _END:
                self._speak(kind, said, speaker, delivery)
                said = ""
                self._add(ScriptKind.STAGE, match[1].strip())
            else:
                delivery = match[1].strip()
        self._speak(kind, said + text[position:], speaker, delivery)

    def _speak(self, kind: ScriptKind, text: str, speaker: str, delivery: str) -> None:
        words = re.sub(r" {2,}", " ", text).strip()
        if words:
            self.items.append(ScriptItem(kind=kind, text=words, speaker=speaker, delivery=delivery))

    def _add(self, kind: ScriptKind, text: str) -> None:
        if text.strip():
            self.items.append(ScriptItem(kind=kind, text=text.strip()))


def _unbracketed(line: str) -> str:
    match = re.fullmatch(r"[（(【\[](.+)[）)】\]]", line, re.DOTALL)
    return match[1] if match else line
