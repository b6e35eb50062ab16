"""Operations on characters: their look, their name, their voice."""

from __future__ import annotations

from enum import Enum

from nightshoot.domain.revising.draft import Draft, Wrong
from nightshoot.domain.revising.telling import Told, both, opening
from nightshoot.domain.revision import Rename, SetLook, SetVoice
from nightshoot.domain.screenplay import NARRATOR
from nightshoot.domain.vocabulary import Locale

TEMPERS = ("calm", "warm", "bright", "deep", "lively", "stern")
"""The words for a voice that a revision may choose from. Source: `Character.temper`."""

_CAST = "cast.yaml"


def set_look(draft: Draft, op: SetLook) -> Told:
    """Changes what a character looks like, in all their shots."""
    person = draft.character(op.character)
    wanted = {
        name: value
        for name in ("sex", "age", "build", "dress", "headgear", "accent", "details")
        if (value := getattr(op, name)) is not None
    }
    if not wanted:
        raise Wrong(both("set_look 没有说要改什么。", "set_look does not say what is to change."))
    update = {name: value for name, value in wanted.items() if getattr(person.look, name) != value}
    if not update:
        return both(f"{person.name}本来就是这样。", f"{person.name} already looks so.")
    look = person.look.model_copy(update=update)
    draft.put_person(person.model_copy(update={"look": look}))
    told = both(
        f"{person.name}的造型：{_listed(update, Locale.ZH)}。",
        f"{person.name}'s look: {_listed(update, Locale.EN)}.",
    )
    seen = [
        shot
        for shot in draft.shots
        if any(figure.character == person.id for figure in shot.staging.figures)
    ]
    if seen:
        called = draft.called(*seen)
        told += both(
            f"{person.name}出现的{called.zh}要重拍。",
            f"{opening(called.en)}, where {person.name} is seen: taken again.",
        )
    else:
        told += both(f"没有镜头拍到{person.name}。", f"No shot shows {person.name}.")
    if {"sex", "age"} & set(update) and not person.voice and _speaks(draft, person.id):
        told += both(
            f"{person.name}的声音随之重选。", f"{person.name}'s voice is cast anew with it."
        )
    if person.reference or f"cast/{person.id}.png" in draft.pins:
        told += both(
            f"{person.name}的定妆照是你给的，仍然有效。",
            f"The picture that you gave of {person.name} still holds.",
        )
    return told


def _listed(update: dict[str, object], locale: Locale) -> str:
    words = []
    for value in update.values():
        chinese = getattr(value, "chinese", None)
        if locale is Locale.ZH and chinese:
            words.append(str(chinese))
        else:
            words.append(str(value.value if isinstance(value, Enum) else value or "-"))
    return ("、" if locale is Locale.ZH else ", ").join(word.replace("_", " ") for word in words)


def _speaks(draft: Draft, speaker: str) -> bool:
    return any(line.speaker == speaker for line in draft.lines)


def rename(draft: Draft, op: Rename) -> Told:
    """Gives a character another name; what is written about them stays."""
    person, name = draft.character(op.character), op.name.strip()
    if not name:
        raise Wrong(both("新名字是空的。", "The new name is empty."))
    if name == person.name:
        return both(f"{name}本来就叫这个名字。", f"{name} already has that name.")
    if any(one.name == name for one in draft.characters):
        raise Wrong(both(f"已有人叫{name}。", f"Somebody else already is called {name}."))
    draft.put_person(person.model_copy(update={"name": name}))
    told = both(f"{person.name}改名为{name}。", f"{person.name} is now called {name}.")
    saying = [line.id for line in draft.lines if person.name in line.text]
    if saying:
        listed = ", ".join(saying)
        told += both(
            f"这些台词里仍说“{person.name}”：{listed}。",
            f'These lines still say "{person.name}": {listed}.',
        )
    return told


def set_voice(draft: Draft, op: SetVoice) -> Told:
    """Gives a speaker another voice, by its name or by its temper."""
    voice, temper = op.voice.strip(), op.temper.strip()
    if not (voice or temper):
        raise Wrong(
            both(
                "换声音要说明：声音的名字，或者它的气质。",
                "A change of voice names the voice, or its temper.",
            )
        )
    if temper and temper not in TEMPERS:
        listed = ", ".join(TEMPERS)
        raise Wrong(
            both(
                f"声音没有 {temper} 这种气质，可选：{listed}。",
                f"There is no temper {temper!r} of a voice; choose from {listed}.",
            )
        )
    # A voice by name goes before a temper, so that a temper alone needs the name to go.
    if op.speaker == NARRATOR:
        options = draft.options
        new_temper = temper or options.narrator_temper
        same = (options.narrator_voice, options.narrator_temper) == (voice, new_temper)
        draft.options = options.model_copy(
            update={"narrator_voice": voice, "narrator_temper": new_temper}
        )
    else:
        person = draft.character(op.speaker)
        new_temper = temper or person.temper
        same = (person.voice, person.temper) == (voice, new_temper)
        draft.put_person(person.model_copy(update={"voice": voice, "temper": new_temper}))
    who, asked = draft.who(op.speaker), ", ".join(one for one in (voice, temper) if one)
    if same:
        return both(
            f"{who.zh}的声音本来就是：{asked}。", f"{opening(who.en)} has that voice: {asked}."
        )
    told = both(f"{who.zh}的声音改为：{asked}。", f"{opening(who.en)} has another voice: {asked}.")
    if not _speaks(draft, op.speaker):
        told += both("片中没有这个声音的台词。", "No line is said by it.")
    elif _CAST in draft.pins:
        told += both(
            f"{_CAST} 是你改过的，它说的优先。", f"{_CAST} is yours, and goes before this."
        )
    else:
        told += both(
            "画面只在台词长短有变时才重拍。",
            "Shots are taken again only where its lines get longer or shorter.",
        )
    return told
