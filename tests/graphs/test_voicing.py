"""Who speaks, and that they keep their voice through every revision."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
import yaml

from nightshoot.artifacts.actions import canonical
from nightshoot.domain.review import Finding
from nightshoot.domain.screenplay import (
    NARRATOR,
    Character,
    Line,
    LineKind,
    Look,
    Screenplay,
)
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.errors import BackendError, BudgetExceeded, InputError
from nightshoot.events import Reported
from nightshoot.graphs.cast_list import CastBook
from nightshoot.graphs.voicing import SpeechRequest, SpokenLine, Voicing
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.fake import FakeJudge, FakeSpeech
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.protocols import Voice

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

WorkshopOf = Callable[[Bench], Workshop]
BenchOf = Callable[..., Bench]

VOICES = tuple(
    Voice(id=f"{sex.value}-{age.value}-{temper}", locale=Locale.ZH, sex=sex, age=age, temper=temper)
    for sex in Sex
    for age in Age
    for temper in ("calm", "lively", "warm")
)
MEN = tuple(
    Voice(id=f"man-{temper}", locale=Locale.ZH, sex=Sex.MALE, age=Age.ADULT, temper=temper)
    for temper in ("calm", "deep", "warm", "lively")
)


def person(name: str, **parts: object) -> Character:
    look = Look.model_validate({key: parts.pop(key) for key in ("sex", "age") if key in parts})
    return Character.model_validate({"id": name, "name": name, "look": look} | parts)


def played_by(screenplay: Screenplay, *people: Character) -> Screenplay:
    """The screenplay with these people, each of whom says a line, as the narrator does."""
    scene = screenplay.scenes[0]
    lines = tuple(
        Line(id=f"l-{who}", kind=LineKind.DIALOGUE, speaker=who, text=f"我是{who}。")
        for who in (NARRATOR, *(one.id for one in people))
    )
    present = tuple(one.id for one in people)
    beat = scene.beats[0].model_copy(update={"lines": lines, "present": present})
    scene = scene.model_copy(update={"beats": (beat,)})
    return screenplay.model_copy(update={"characters": people, "scenes": (scene,)})


def spoken(shop: Workshop, screenplay: Screenplay) -> list[SpokenLine]:
    """A run: every line is spoken at once, as the shots do."""

    async def run() -> list[SpokenLine]:
        voicing = Voicing(shop)
        return list(
            await asyncio.gather(
                *(voicing.speak(screenplay, line, "s01") for line in screenplay.lines)
            )
        )

    return asyncio.run(run())


def cast_of(folder: Path, backend: str = "fake") -> dict[str, str]:
    found = yaml.safe_load((folder / "cast.yaml").read_text("utf-8"))["voices"][backend]
    assert isinstance(found, dict)
    return found


def edited(folder: Path, old: str, new: str) -> None:
    path = folder / "cast.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def notes(bench: Bench) -> list[str]:
    return [event.text for event in bench.events if isinstance(event, Reported)]


TRIO = (person("su"), person("lin", sex=Sex.FEMALE, age=Age.YOUNG), person("old", age=Age.OLD))


def test_the_cast_list_is_a_document_that_says_how_to_edit_it(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    speech = FakeSpeech(voices=VOICES)
    one = bench(voices=(speech,))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    cast = cast_of(one.folder)
    assert list(cast) == [NARRATOR, "su", "lin", "old"]
    assert len(set(cast.values())) == 4
    assert dict(speech.said) == {f"我是{who}。": voice for who, voice in cast.items()}
    text = (one.folder / "cast.yaml").read_text("utf-8")
    assert text.startswith("# Who speaks with which voice")
    assert all(line.startswith("#") for line in text.split("version:")[0].splitlines())


@pytest.mark.parametrize(
    "revised",
    [
        (*TRIO, person("new"), person("girl", sex=Sex.FEMALE, age=Age.YOUNG)),
        (person("first"), *TRIO),
        TRIO[1:],
        TRIO[::-1],
        tuple(one.model_copy(update={"description": "另一番描写", "name": "某"}) for one in TRIO),
        (person("zero"), TRIO[2], TRIO[0]),
    ],
    ids=["added", "added in front", "removed", "reordered", "described anew", "all at once"],
)
def test_a_revision_changes_nobody_elses_voice(
    bench: BenchOf,
    workshop_of: WorkshopOf,
    screenplay: Screenplay,
    revised: tuple[Character, ...],
) -> None:
    speech = FakeSpeech(voices=VOICES)
    one = bench(voices=(speech,))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    before = cast_of(one.folder)
    said = len(speech.said)
    spoken(workshop_of(one), played_by(screenplay, *revised))
    after = cast_of(one.folder)
    assert set(after) == {NARRATOR, *(who.id for who in revised)}
    assert all(after[who] == voice for who, voice in before.items() if who in after)
    assert len(set(after.values())) == len(after), "a newcomer takes a voice that is free"
    assert len(speech.said) == said + len(set(after) - set(before))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_revised_who_stays_as_they_are_keeps_their_voice(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay, seed: int
) -> None:
    random = Random(seed)
    speech = FakeSpeech(voices=VOICES)
    one = bench(voices=(speech,))
    people: dict[str, Character] = {}
    ever: dict[str, tuple[Character, str]] = {}
    for step in range(25):
        act = random.choice(("join", "join", "leave", "change", "shuffle", "return"))
        name = random.choice(list(people)) if people else ""
        if act == "join" or not people:
            name = f"p{step}"
            people[name] = person(name, sex=random.choice(list(Sex)), age=random.choice(list(Age)))
        elif act == "leave":
            del people[name]
        elif act == "change":
            people[name] = person(name, sex=random.choice(list(Sex)), temper="warm")
        elif act == "return":
            people |= {who: ever[who][0] for who in random.sample(sorted(ever), 1)}
        else:
            people = dict(random.sample(list(people.items()), len(people)))
        revised = played_by(screenplay, *people.values())
        book = CastBook(workshop_of(one))
        now = {who: book.voice_of(speech, revised, who) for who in (NARRATOR, *people)}
        book.keep(speech, revised)
        for who, character in people.items():
            before = ever.get(who)
            if before is not None and before[0] == character:
                assert now[who] == before[1]
            ever[who] = (character, now[who])
        assert cast_of(one.folder) == now


def test_who_was_cut_and_comes_back_has_their_voice_again(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    one = bench(voices=(FakeSpeech(voices=VOICES),))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    before = cast_of(one.folder)
    spoken(workshop_of(one), played_by(screenplay, *TRIO[1:]))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert cast_of(one.folder) == before


@pytest.mark.parametrize(
    "changed",
    [{"sex": Sex.FEMALE}, {"age": Age.CHILD}, {"temper": "活泼"}, {"voice": "female-old-calm"}],
)
def test_a_change_of_sex_age_temper_or_wish_recasts_that_one_alone(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay, changed: dict[str, object]
) -> None:
    speech = FakeSpeech(voices=VOICES)
    one = bench(voices=(speech,))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    before, said = cast_of(one.folder), len(speech.said)
    spoken(workshop_of(one), played_by(screenplay, person("su", **changed), *TRIO[1:]))
    after = cast_of(one.folder)
    assert after["su"] != before["su"]
    assert {**after, "su": ""} == {**before, "su": ""}
    assert [text for text, _ in speech.said[said:]] == ["我是su。"]


@pytest.mark.parametrize(
    ("temper", "voice"),
    [("warm", "man-warm"), ("低沉", "man-deep"), ("威严", "man-deep"), ("活泼开朗", "man-lively")],
)
def test_a_temper_finds_its_voice(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay, temper: str, voice: str
) -> None:
    one = bench(voices=(FakeSpeech(voices=MEN),))
    spoken(workshop_of(one), played_by(screenplay, person("su", temper=temper)))
    assert cast_of(one.folder)["su"] == voice


def test_a_persons_choice_wins_and_stays_and_only_their_lines_are_spoken_anew(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    speech = FakeSpeech(voices=VOICES)
    one = bench(voices=(speech,))
    people = (person("su", voice="male-adult-warm"), *TRIO[1:])
    spoken(workshop_of(one), played_by(screenplay, *people))
    before, said = cast_of(one.folder), len(speech.said)
    assert before["su"] == "male-adult-warm"
    edited(one.folder, "su: male-adult-warm", "su: female-adult-CALM  # 我选的")
    spoken(workshop_of(one), played_by(screenplay, *people))
    assert speech.said[said:] == [("我是su。", "female-adult-calm")]
    revised = (person("su", age=Age.OLD, temper="warm"), *TRIO[1:], person("new"))
    spoken(workshop_of(one), played_by(screenplay, *revised))
    assert "# 我选的" in (one.folder / "cast.yaml").read_text("utf-8"), "never overwritten"
    assert [text for text, _ in speech.said[said + 1 :]] == ["我是new。"]
    new = speech.said[-1][1]
    assert new not in {"female-adult-calm", before["lin"], before["old"], before[NARRATOR]}
    assert any("does not name new" in note and new in note for note in notes(one))
    spoken(workshop_of(one), played_by(screenplay, person("x"), *revised))
    assert [text for text, _ in speech.said[said + 2 :]] == ["我是x。"], "new keeps its voice"


def test_the_narrator_can_be_chosen_too(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    speech = FakeSpeech(voices=MEN)
    one = bench(voices=(speech,))
    spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    edited(one.folder, f"narrator: {cast_of(one.folder)[NARRATOR]}", "narrator: man-lively")
    spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    assert speech.said[-1] == ("我是narrator。", "man-lively")


def test_a_voice_that_does_not_exist_is_told_with_its_line_and_the_choice(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    one = bench(voices=(FakeSpeech(voices=MEN), FakeSpeech(name="other")))
    spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    edited(one.folder, f"su: {cast_of(one.folder)['su']}", "su: caruso")
    lines = (one.folder / "cast.yaml").read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines, 1) if "caruso" in line)
    said = rf"cast\.yaml:{place}: fake has no voice 'caruso' for su: choose from man-calm, "
    with pytest.raises(InputError, match=said):
        spoken(workshop_of(one), played_by(screenplay, TRIO[0]))


@pytest.mark.parametrize(
    "text", ["voices: [a, b]", "voices: {fake: {su: 3}}", "voices: {fake: ", "cast: {}", "\x00"]
)
def test_a_broken_cast_list_is_told_by_its_name(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay, text: str
) -> None:
    one = bench(voices=(FakeSpeech(voices=MEN),))
    spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    (one.folder / "cast.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"cast\.yaml"):
        spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    assert (one.folder / "cast.yaml").read_text("utf-8") == text


def test_a_stranger_in_the_cast_list_is_reported(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    one = bench(voices=(FakeSpeech(voices=MEN),))
    spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    edited(one.folder, "    su:", "    nobody: man-calm\n    su:")
    spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    assert any("'nobody'" in note for note in notes(one))


@pytest.mark.parametrize("damage", [None, b"", b"{junk", b"voices: 3"])
def test_a_lost_or_damaged_memory_changes_no_voice(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay, damage: bytes | None
) -> None:
    speech = FakeSpeech(voices=VOICES)
    one = bench(voices=(speech,))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    spoken(workshop_of(one), played_by(screenplay, person("zero"), *TRIO[::-1]))
    before, said = cast_of(one.folder), len(speech.said)
    memory = one.folder / ".nightshoot/cast.yaml"
    if damage is None:
        memory.unlink()
    else:
        memory.write_bytes(damage)
    spoken(workshop_of(one), played_by(screenplay, person("zero"), *TRIO))
    assert cast_of(one.folder) == before
    assert len(speech.said) == said


def test_a_kill_before_the_list_was_written_changes_no_voice(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    speech = FakeSpeech(voices=VOICES)
    one = bench(voices=(speech,))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    spoken(workshop_of(one), played_by(screenplay, person("zero"), *TRIO[::-1]))
    before = cast_of(one.folder)
    (one.folder / "cast.yaml").unlink()
    spoken(workshop_of(one), played_by(screenplay, person("zero"), *TRIO))
    assert cast_of(one.folder) == before


def test_each_backend_has_a_cast_of_its_own_beside_the_others(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    one = bench(voices=(FakeSpeech(voices=MEN, name="a"),))
    spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    first = cast_of(one.folder, "a")
    one.voices = (FakeSpeech(fails=True, name="a"), FakeSpeech(voices=VOICES, name="b"))
    spoken(workshop_of(one), played_by(screenplay, person("su", temper="warm")))
    assert cast_of(one.folder, "a") == first
    assert cast_of(one.folder, "b")["su"] in {voice.id for voice in VOICES}


def test_a_wish_that_a_backend_cannot_meet_is_reported(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    one = bench(voices=(FakeSpeech(voices=MEN),))
    spoken(workshop_of(one), played_by(screenplay, person("su", voice="caruso")))
    assert any("'caruso'" in note for note in notes(one))


def test_a_backend_that_breaks_down_in_the_middle_hands_over_to_the_next(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    first, second = FakeSpeech(name="a", fails_after=2, voices=VOICES), FakeSpeech(name="b")
    one = bench(voices=(first, second))
    lines = spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert all(line.audio for line in lines)
    assert len(first.said) == 2
    assert len(second.said) == 2
    assert "voice: b" in (one.folder / "production.yaml").read_text("utf-8")


def test_a_line_that_a_voice_refuses_goes_to_the_next_alone(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    first, second = FakeSpeech(name="a", refuses="lin", voices=VOICES), FakeSpeech(name="b")
    one = bench(voices=(first, second))
    lines = spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert all(line.audio for line in lines)
    assert [text for text, _ in second.said] == ["我是lin。"]
    assert len(first.said) == 3
    assert "voice: a" in (one.folder / "production.yaml").read_text("utf-8")
    assert any("does not speak line l-lin" in note for note in notes(one))
    one.voices = (first,)
    lines = spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert [line.line for line in lines if not line.audio] == ["l-lin"]


def test_a_paid_voice_never_stands_in_for_another(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    paid, near = FakeSpeech(name="paid", paid=True), FakeSpeech(name="near")
    one = bench(voices=(FakeSpeech(fails=True, name="away"), paid, near))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert paid.calls == []
    assert len(near.said) == 4


def test_a_paid_voice_that_was_chosen_speaks_within_the_budget(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    paid, near = FakeSpeech(name="paid", paid=True), FakeSpeech(name="near")
    one = bench(voices=(near, paid), voice="paid", budget_usd=0.025)
    with pytest.raises(BudgetExceeded):
        spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert len(paid.said) == 2
    assert near.calls == []


def test_a_paid_voice_is_tried_again_before_it_is_given_up_and_told_of(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    paid, near = FakeSpeech(name="paid", paid=True, fails=True), FakeSpeech(name="near")
    one = bench(voices=(paid, near), voice="paid")
    lines = spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert len(paid.calls) == 3
    assert all(line.audio for line in lines)
    assert any("paid was given up" in note and "near speaks" in note for note in notes(one))


def test_a_voice_that_is_gone_from_the_backend_is_cast_anew_alone(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    one = bench(voices=(FakeSpeech(voices=VOICES),))
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    before = cast_of(one.folder)
    left = tuple(voice for voice in VOICES if voice.id != before["su"])
    one.voices = (FakeSpeech(voices=left),)
    spoken(workshop_of(one), played_by(screenplay, *TRIO))
    after = cast_of(one.folder)
    assert after["su"] != before["su"]
    assert {**after, "su": ""} == {**before, "su": ""}


def test_the_last_fault_is_no_end_of_the_film(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    one = bench(voices=(FakeSpeech(fails_after=1),))
    lines = spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert len([line for line in lines if line.audio]) == 1
    assert all(line.duration_s > 0 for line in lines)
    assert BackendError.__name__ not in " ".join(notes(one))


def test_a_line_that_is_not_good_is_asked_for_once_more_where_it_may_come_out_otherwise(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    speech = FakeSpeech(clips=1, deterministic=False)
    one = bench(voices=(speech, FakeSpeech(name="near")))
    shop = workshop_of(one)
    lines = spoken(shop, played_by(screenplay, TRIO[0]))
    assert len(speech.said) == 3
    assert one.voices[1].said == []
    assert all(line.audio for line in lines)
    told = [note for note in notes(one) if "not spoken well" in note]
    assert len(told) == 1
    assert "fake" in told[0]
    assert "clipped" in told[0]
    spoken(shop, played_by(screenplay, TRIO[0]))
    assert len(speech.said) == 3, "what was decided stays so"


def test_a_line_that_stays_bad_goes_to_the_next_voice_alone(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    first, second = FakeSpeech(name="a", clips=1), FakeSpeech(name="b")
    one = bench(voices=(first, second))
    lines = spoken(workshop_of(one), played_by(screenplay, *TRIO))
    assert len(first.said) == 4, "the same request is never made twice"
    assert len(second.said) == 1
    assert all(line.audio for line in lines)
    assert "voice: a" in (one.folder / "production.yaml").read_text("utf-8")
    assert any("as b" in note and "said it" in note for note in notes(one))


def test_a_bad_line_costs_nothing_more_than_was_chosen(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    chosen, paid = FakeSpeech(name="a", clips=9), FakeSpeech(name="b", paid=True)
    one = bench(voices=(chosen, paid))
    lines = spoken(workshop_of(one), played_by(screenplay, TRIO[0]))
    assert paid.calls == []
    assert all(line.audio for line in lines), "the best stays"
    assert sum("so it stays" in note for note in notes(one)) == 2
    spent = FakeSpeech(name="c", paid=True, clips=9, deterministic=False)
    other = bench(folder=one.folder.with_name("other"), voices=(spent,), budget_usd=0.03, voice="c")
    lines = spoken(workshop_of(other), played_by(screenplay, TRIO[0]))
    assert all(line.audio for line in lines), "no money for another attempt ends no film"
    assert len(spent.said) == 3


class Ears(FakeJudge):
    """Understands no line of which the sound is among those that it was told to mishear."""

    def __init__(self, mishears: int, **parts: object) -> None:
        super().__init__(answers={"transcript": 0.9}, subjects=[Subject.LINE], **parts)  # type: ignore[arg-type]
        self._mishears = mishears

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        found = await super().judge(exhibit)
        if len(self.shown) > self._mishears:
            return found
        return {"transcript": self._answer("transcript", 0.1)}


def hearing(shop: Workshop, judge: FakeJudge) -> Workshop:
    return replace(shop, tools=replace(shop.tools, judges=(judge,)))


def test_a_line_that_is_not_understood_goes_to_the_next_voice_like_one_that_sounds_bad(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    first, second = FakeSpeech(name="a"), FakeSpeech(name="b", voices=FakeSpeech.voices[::-1])
    one, ears = bench(voices=(first, second)), Ears(mishears=1)
    lines = spoken(hearing(workshop_of(one), ears), played_by(screenplay, *TRIO))
    assert len(first.said) == 4
    assert len(second.said) == 1, "the line that was misheard, and no other"
    assert [shown.text for shown in ears.shown].count(second.said[0][0]) == 2
    assert len(ears.shown) == 5
    assert all(line.audio for line in lines)
    (told,) = [note for note in notes(one) if "not spoken well" in note]
    assert "The fake judge says transcript." in told
    assert "as b" in told


def test_a_judge_that_cannot_hear_turns_no_line_down(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    speech = FakeSpeech(name="a", deterministic=False)
    one = bench(voices=(speech,))
    deaf = Ears(mishears=0, fails=[BackendError("no model")] * 9)
    lines = spoken(hearing(workshop_of(one), deaf), played_by(screenplay, *TRIO))
    assert len(speech.said) == 4
    assert all(line.audio for line in lines)
    assert len(deaf.shown) >= 2
    assert len([note for note in notes(one) if "no model" in note]) == 2
    assert not any("not spoken well" in note for note in notes(one))


def test_a_voice_that_breaks_down_when_asked_again_keeps_what_it_said(
    bench: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    speech = FakeSpeech(clips=9, fails_after=1, deterministic=False)
    one = bench(voices=(speech,))
    alone = screenplay.model_copy(update={"characters": ()})
    scene = alone.scenes[0]
    line = Line(id="l1", kind=LineKind.NARRATION, speaker=NARRATOR, text="清风徐来。")
    beat = scene.beats[0].model_copy(update={"lines": (line,), "present": ()})
    alone = alone.model_copy(update={"scenes": (scene.model_copy(update={"beats": (beat,)}),)})
    (said,) = spoken(workshop_of(one), alone)
    assert said.audio


def test_a_first_attempt_has_the_key_that_it_always_had() -> None:
    first = SpeechRequest(text="a", voice="v", locale=Locale.ZH, kind="dialogue", delivery="")
    assert "attempt" not in canonical(first)
    again = first.model_copy(update={"attempt": 2})
    assert '"attempt":2' in canonical(again)
    assert SpeechRequest.model_validate_json(canonical(again)) == again
