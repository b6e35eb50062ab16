"""From an order for music to notes: the form of the piece and what each player has in it.

A film has one theme in one key, and every section sings it in its mood's way. The piece begins with
a few bars of accompaniment, grows to a climax about three quarters through, comes home, slows down
and lets its last chord ring out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from nightshoot.tools.music import figures
from nightshoot.tools.music.figures import Hit
from nightshoot.tools.music.form import Section, merged, sections_for
from nightshoot.tools.music.instruments import SUNG
from nightshoot.tools.music.manners import Manner
from nightshoot.tools.music.moods import ANCIENT, MODERN
from nightshoot.tools.music.notes import Event, Line, Note, Player, start_of
from nightshoot.tools.music.theory import Chord, Tone, Tune, ornamented, tune
from nightshoot.tools.protocols import Score

_TONICS = (48, 50, 52, 53, 55)
_CLIMAX = 0.76
_BREATH_S = 0.2
_LONG_S = 30.0
_GRACE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What the band plays, in the order in which it begins."""

    tonic: int
    sections: tuple[Section, ...]
    events: tuple[Event, ...]


def arrange(score: Score) -> Piece:
    """Writes the piece for a score; the same score always gives the same one."""
    rng = Random(f"arrange/{score.seed}/{score.ancient}")
    tonic = rng.choice(_TONICS)
    theme = tune(score.seed)
    spans = merged(score.spans)
    manners = ANCIENT if score.ancient else MODERN
    sections = sections_for(spans, manners)
    events: list[Event] = []
    for number, section in enumerate(sections):
        after = sections[number + 1].manner if number + 1 < len(sections) else None
        writer = _Writer(
            section=section, tonic=tonic, theme=theme, rng=Random(f"{score.seed}/{number}"),
            duration_s=score.duration_s, after=after, ancient=score.ancient,
        )  # fmt: skip
        events += writer.events()
    events += _ending(sections[-1], tonic, score)
    events = [event for event in events if start_of(event) < score.duration_s]
    return Piece(tonic=tonic, sections=tuple(sections), events=tuple(sorted(events, key=start_of)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Writes one section."""

    section: Section
    tonic: int
    theme: Tune
    rng: Random
    duration_s: float
    after: Manner | None
    ancient: bool

    def events(self) -> Iterator[Event]:
        """Gives every note and line of the section, in no particular order."""
        for bar in range(len(self.section.bars)):
            energy, chord = self._energy(bar), self._chord(bar)
            yield from self._accompaniment(bar, chord, energy)
            yield from self._pad(bar, chord, energy)
        yield from self._lead()
        yield from self._turn()

    def _beats(self) -> int:
        return len(self.section.times) - 1

    def _chord(self, bar: int) -> Chord:
        sung = self.section.bars[bar]
        chords = self.section.manner.chords
        # A bar without the lead stays at home, and moves if there are two of them.
        return chords[sung] if sung is not None else chords[0 if bar % 2 == 0 else 1]

    def _energy(self, bar: int) -> float:
        """Gives the strength of a bar: the mood's, on the film's arch, leaning to what follows."""
        middle = self.section.second(min(bar * 4 + 2, self._beats())) / self.duration_s
        arch = 0.78 + 0.3 * math.exp(-(((middle - _CLIMAX) / 0.15) ** 2))
        arch -= 0.25 * max(0.0, 1 - middle / 0.12) + 0.12 * max(0.0, (middle - 0.92) / 0.08)
        energy = self.section.manner.energy
        if self.after is not None and bar == len(self.section.bars) - 1:
            energy = (energy + self.after.energy) / 2
        return max(0.12, min(1.0, energy * arch))

    def _note(self, player: Player, beat: float, hit: Hit, energy: float) -> Note:
        """Places a note as a person would: not quite on the beat, not quite as strong."""
        at = self.section.second(beat) + self.rng.gauss(0.004, 0.007)
        until = self.section.second(beat + hit.beats)
        velocity = (0.34 + 0.52 * energy) * hit.accent * self.rng.uniform(0.92, 1.06)
        return Note(
            player=player, start_s=max(0.0, at), length_s=max(0.05, until - max(0.0, at)),
            pitch=hit.pitch, velocity=max(0.05, min(1.0, velocity)),
            gain=self.section.manner.gain,
        )  # fmt: skip

    def _accompaniment(self, bar: int, chord: Chord, energy: float) -> Iterator[Event]:
        manner, first, last = self.section.manner, bar * 4, self._beats()
        tonic = self.tonic + (12 if manner.comp in (Player.CELESTA, Player.PIPA) else 0)
        tonic -= 12 if manner.comp is Player.BASS else 0
        hits = figures.figure(manner.figure, chord, tonic, energy, bar=bar, rng=self.rng)
        intro = self.section.bars[bar] is None
        for hit in hits:
            if first + hit.at < last:
                softer = replace(hit, accent=hit.accent * (0.9 if intro else 0.74))
                yield self._note(manner.comp, first + hit.at, softer, energy)
        for player, hit in figures.beats(manner.beat, energy, bar=bar, rng=self.rng):
            # While the lead is silent the drums hold back, so that their return means something.
            if first + hit.at < last and (not intro or hit.accent >= 0.8 or hit.accent < 0.5):
                yield self._note(player, first + hit.at, hit, energy)
        if manner.bass is not None and energy > 0.3:
            root = figures.ladder(chord, self.tonic)[0] - 12
            for at in (0, 2) if energy > 0.5 else (0,):
                if first + at < last:
                    hit = Hit(at, root, 0.8, 1.9)
                    yield self._note(manner.bass, first + at, hit, energy)

    def _pad(self, bar: int, chord: Chord, energy: float) -> Iterator[Event]:
        manner = self.section.manner
        if manner.pad is None:
            return
        begin = self.section.second(bar * 4)
        end = self.section.second(min(bar * 4 + 4, self._beats()))
        root = figures.ladder(chord, self.tonic)[0]
        above = [step for step in chord.above if step]
        pitches = [root, *(root + step + (12 if step < 7 else 0) for step in above[:2])]
        for pitch in pitches if energy > 0.25 else pitches[:2]:
            note = Note(
                player=manner.pad, start_s=begin, length_s=end - begin + 0.3,
                pitch=pitch, velocity=0.3 + 0.5 * energy, gain=manner.gain,
            )  # fmt: skip
            yield Line(player=manner.pad, notes=(note,)) if manner.pad in SUNG else note

    def _lead(self) -> Iterator[Event]:
        """Sings the theme through the section; each statement belongs to another player."""
        phrase: list[Note] = []
        statement = 0
        for bar, sung in enumerate(self.section.bars):
            if sung == 0 and bar and 0 in self.section.bars[:bar]:
                statement += 1
            if sung is not None:
                player = self.section.manner.leads[statement % len(self.section.manner.leads)]
                phrase += self._sung(bar, sung, player, statement)
            if phrase and (sung is None or sung % 2 or bar == len(self.section.bars) - 1):
                yield from self._phrased(phrase)
                yield from self._doubled(phrase, bar)
                phrase = []

    def _sung(self, bar: int, sung: int, player: Player, statement: int) -> Iterator[Note]:
        manner, energy = self.section.manner, self._energy(bar)
        tones = self.theme.bar(sung, manner.cells, manner.scale, self._chord(bar))
        if statement % 2:
            tones = ornamented(tones, self.rng)
        tonic = self.tonic + 12 * manner.octave
        if player in (Player.GUZHENG, Player.PIANO) and manner.octave > 1:
            tonic -= 12
        for index, tone in enumerate(tones):
            beat = bar * 4 + tone.at
            if beat >= self._beats():
                break
            accent = 1.08 if tone.at in (0, 2) else 0.94
            beats = min(tone.beats, self._beats() - beat)
            hit = Hit(tone.at, manner.scale.pitch(tonic, tone.degree), accent, beats)
            note = self._note(player, beat, hit, energy)
            if player is Player.XIAO and tone.beats >= 1.5 and self.rng.random() < 0.4:
                above = manner.scale.pitch(tonic, tone.degree + 1)
                yield replace(note, pitch=above, length_s=_GRACE_S)
                note = replace(
                    note, start_s=note.start_s + _GRACE_S, length_s=note.length_s - _GRACE_S
                )
            yield self._bent(note, tone, index)

    def _bent(self, note: Note, tone: Tone, index: int) -> Note:
        """Lets a long note of the zither slide up to its pitch."""
        if (
            note.player is Player.GUZHENG
            and tone.beats >= 1.5
            and (index or self.rng.random() < 0.5)
        ):
            return replace(note, bend=-2)
        return note

    def _phrased(self, notes: list[Note]) -> Iterator[Event]:
        """Joins the notes of a phrase into lines, or rolls the long ones of a lute (轮指)."""
        if notes[0].player in SUNG:
            line = [notes[0]]
            for before, note in pairwise(notes):
                gap = note.start_s - before.start_s - before.length_s
                if gap > _BREATH_S:
                    yield Line(player=line[0].player, notes=tuple(line))
                    line = []
                elif line:
                    line[-1] = replace(before, length_s=note.start_s - before.start_s)
                line.append(note)
            yield Line(player=line[0].player, notes=tuple(line))
            return
        for note in notes:
            yield from self._rolled(note) if note.player is Player.PIPA else (note,)

    def _doubled(self, notes: list[Note], bar: int) -> Iterator[Event]:
        """Joins strings to the lead, an octave below, while a longer film is at its climax."""
        middle = self.section.second(min(bar * 4, self._beats())) / self.duration_s
        if self.duration_s < _LONG_S or abs(middle - _CLIMAX) > 0.12 or self._energy(bar) < 0.4:
            return
        below = [
            replace(
                note,
                player=Player.STRINGS,
                pitch=note.pitch - 12,
                bend=0,
                velocity=0.8 * note.velocity,
            )
            for note in notes
        ]
        yield from self._phrased(below)

    def _rolled(self, note: Note) -> Iterator[Note]:
        if note.length_s < 0.55:
            yield note
            return
        strokes = max(4, round(note.length_s * 11.5))
        for stroke in range(strokes):
            share = stroke / strokes
            swell = 0.62 + 0.3 * math.sin(math.pi * min(1.0, share * 1.2))
            yield replace(
                note,
                start_s=note.start_s
                + share * note.length_s
                + self.rng.gauss(0, 0.003) * (stroke > 0),
                length_s=note.length_s / strokes,
                velocity=note.velocity * (1.0 if stroke == 0 else swell),
            )

    def _turn(self) -> Iterator[Note]:
        """Leads over into the next section: a sweep of the strings up, or a bell going down."""
        if self.after is None:
            return
        rising = self.after.energy >= self.section.manner.energy
        player = Player.GUZHENG if self.ancient else Player.PIANO
        if rising:
            sweep = figures.run(self.after.scale, self.tonic, upward=True, beats=1.5)
            for hit in sweep:
                yield self._note(player, self._beats() - 1.55 + hit.at, hit, 0.5)
        else:
            hit = Hit(0, self.tonic + 24, 0.7, 2)
            yield self._note(Player.BELL, self._beats() - 1, hit, 0.4)


def _ending(section: Section, tonic: int, score: Score) -> Iterator[Event]:
    """Strikes the last chord and lets it ring: rolled strings, the theme's tonic, a low note."""
    at = section.times[-1]
    manner = section.manner
    energy = 0.3 + 0.4 * manner.energy
    held = (score.duration_s - at) * 0.55
    strings = Player.GUZHENG if score.ancient else Player.PIANO
    roll = min(0.11, held / 10)
    chord = figures.ladder(manner.chords[7], tonic)
    for index, pitch in enumerate([chord[0] - 12, *chord]):
        yield Note(
            player=strings, start_s=at + roll * index, length_s=held, pitch=pitch,
            velocity=energy * (0.9 - 0.05 * index), gain=manner.gain,
        )  # fmt: skip
    lead = manner.leads[0]
    home = tonic + 12 * manner.octave
    note = Note(
        player=lead,
        start_s=at + roll * 5,
        length_s=held,
        pitch=home,
        velocity=0.85 * energy,
        gain=manner.gain,
    )
    yield Line(player=lead, notes=(note,)) if lead in SUNG else note
    if manner.energy > 0.65:
        yield Note(
            player=Player.DRUM, start_s=at, length_s=1.0, pitch=figures.DRUM_PITCH[Player.DRUM],
            velocity=0.5 + 0.4 * manner.energy, gain=manner.gain,
        )  # fmt: skip
    else:
        yield Note(
            player=Player.BELL, start_s=at + roll * 6, length_s=held, pitch=tonic + 31,
            velocity=0.3, gain=manner.gain,
        )  # fmt: skip
    if manner.pad is not None and manner.pad not in SUNG:
        for pitch in chord[:2]:
            yield Note(
                player=manner.pad,
                start_s=at,
                length_s=held * 0.6,
                pitch=pitch,
                velocity=0.4,
                gain=manner.gain,
            )
