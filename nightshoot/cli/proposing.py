"""Tells a proposal in words, for the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nightshoot.cli.history import uncommitted
from nightshoot.cli.reasoning import reasons
from nightshoot.domain.revising import Documents, Impossible, Part, TouchedShot
from nightshoot.domain.revision import Revision
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.forecasting import Forecast, Stale
from nightshoot.production import Production
from nightshoot.revisions import Accepted, Proposal, told_texts

_KINDS = {
    Locale.ZH: {
        "words": "段文字", "control": "张控制图", "bring": "个手工文件", "image": "张关键帧",
        "video": "条镜头", "card": "张字卡", "speech": "句配音", "music": "段配乐",
        "mix": "段声音", "edit": "处剪辑", "measure": "项检查", "judge": "次模型评审",
    },
    Locale.EN: {
        "words": "text", "control": "control picture", "bring": "file of yours",
        "image": "keyframe", "video": "take", "card": "card", "speech": "line",
        "music": "piece of music", "mix": "stretch of sound", "edit": "part of the cut",
        "measure": "check", "judge": "opinion of a model",
    },
}  # fmt: skip
"""What kinds of actions are called, in the order they are told; an agent's writing is `words`."""

_PLURALS = {
    "piece of music": "pieces of music",
    "stretch of sound": "stretches of sound",
    "part of the cut": "parts of the cut",
    "opinion of a model": "opinions of models",
    "file of yours": "files of yours",
}
"""Those that do not simply end in an s."""

_SOUND = ("edit/mix", "edit/stretch")

_TEXTS = {
    Locale.ZH: {
        "nothing": "什么都不用重做。", "same": "什么也没有变。", "stale": "要重做：{}",
        "shot": "镜头 {}：{}（{}）", "film": "全片：{}", "joint": "、",
        "cost": "至多 ${:.2f}，GPU {:.0f} 秒，约 {:.0f} 秒；审片不通过的会再拍。",
        "unknown": "没有用过、时间未知：{}。", "reused": "其余 {} 项不动。",
        "edited": "你手工改过、还没有做进片子的也一起做：{}。",
        "cut": "剪辑", "sure": "照做？", "dry": "没有动手（--dry-run）。",
        "made": "版本 {}：做了 {} 项，沿用 {} 项，${:.2f}，{:.0f} 秒", "note": "注意：{}",
        "unanswered": "什么也没有做：没有人回答。加上 --yes 就不问直接做。",
        "stopped": "停下了，片子还是原样；再说一遍就接着做，做好的不重做。",
    },
    Locale.EN: {
        "nothing": "Nothing has to be made again.", "same": "Nothing changes.",
        "stale": "To be made again: {}", "shot": "shot {}: {} ({})", "film": "the film: {}",
        "joint": ", ",
        "cost": "At most ${:.2f}, GPU {:.0f} s, about {:.0f} s; more where the critic rejects "
        "a take.",
        "unknown": "Never used here, so for how long is not known: {}.",
        "edited": "What you changed by hand and is not in the film yet comes along: {}.",
        "reused": "All else stays: {} {}.", "cut": "its part of the cut", "sure": "Make it?",
        "dry": "Nothing was made (--dry-run).",
        "made": "version {}: {} made, {} reused, ${:.2f}, {:.0f} s", "note": "note: {}",
        "unanswered": "nothing was made: nobody answered. With --yes it is made unasked.",
        "stopped": "stopped, and the film is as it was; ask again to go on: nothing that was "
        "finished is made twice",
    },
}  # fmt: skip


def said(locale: Locale, name: str) -> str:
    """Gives one of the sentences that every door says alike."""
    return _TEXTS[locale][name]


@contextmanager
def in_its_language(production: Production) -> Iterator[None]:
    """Has a revision that cannot be done say so in the film's language.

    Raises:
        InputError: instead of `Impossible`.
    """
    try:
        yield
    except Impossible as error:
        locale = production.sheet.options.locale
        joint = "" if locale is Locale.ZH else " "
        raise InputError(joint.join(error.texts(locale))) from None


def proposal_text(proposal: Proposal, production: Production) -> str:
    """Gives what a request comes to: a question, a refusal, or what changes and what it costs."""
    locale = production.sheet.options.locale
    rows = [f"  {reason}" for reason in proposal.revision.refused]
    question = proposal.revision.question
    if question is not None:
        rows.append(f"  {question.text}")
        rows += [
            f"    {number}. {choice}" for number, choice in enumerate(question.choices, start=1)
        ]
    rows += [f"  {told.text(locale)}" for told in told_texts(proposal)]
    if proposal.changes and (edited := uncommitted(production)):
        rows.append(f"  {_TEXTS[locale]['edited'].format(', '.join(edited))}")
    if proposal.changes:
        rows += ["", *_forecast_rows(proposal, production)]
    elif question is None and not proposal.revision.refused and not told_texts(proposal):
        rows.append(f"  {_TEXTS[locale]['same']}")
    return "\n".join(rows)


def _forecast_rows(proposal: Proposal, production: Production) -> list[str]:
    locale = production.sheet.options.locale
    texts, forecast = _TEXTS[locale], proposal.forecast
    assert forecast is not None, "it was asked whether anything changes"
    if not forecast.stale:
        return [f"  {texts['nothing']}"]
    whole = texts["joint"].join(_counted(forecast.stale, locale))
    rows = [f"  {texts['stale'].format(whole)}", *_shot_rows(proposal, production)]
    cost = texts["cost"].format(forecast.cost_usd, forecast.gpu_s, forecast.work_s)
    rows.append(f"  {cost}")
    if forecast.unknown:
        rows.append(f"  {texts['unknown'].format(', '.join(forecast.unknown))}")
    rows.append(f"  {_reused(forecast.reused, locale)}")
    return rows


def _reused(reused: int, locale: Locale) -> str:
    return _TEXTS[locale]["reused"].format(reused, "action" if reused == 1 else "actions")


def _kind(one: Stale) -> str:
    kind = "mix" if one.tool in _SOUND else one.kind
    return kind if kind in _KINDS[Locale.EN] else "words"


def _counted(stale: tuple[Stale, ...], locale: Locale) -> list[str]:
    """Gives how many there are of each kind: `2 keyframes`, `2 张关键帧`."""
    kinds = [_kind(one) for one in stale]
    counts = {kind: kinds.count(kind) for kind in _KINDS[locale] if kind in kinds}
    return [f"{count} {_named(kind, count, locale)}" for kind, count in counts.items()]


def _named(kind: str, count: int, locale: Locale) -> str:
    name = _KINDS[locale][kind]
    if locale is Locale.ZH or count == 1:
        return name
    return _PLURALS.get(name, f"{name}s")


def _shot_rows(proposal: Proposal, production: Production) -> list[str]:
    """Gives what is stale of each shot, and why, in the order of the new film; then the rest."""
    locale = production.sheet.options.locale
    texts, forecast, applied = _TEXTS[locale], proposal.forecast, proposal.applied
    assert forecast is not None
    assert applied is not None
    fresh = uncommitted(production)
    before, after = _documents(production, without=fresh), applied.documents
    numbers = {shot.id: shot.number for shot in before.storyboard.shots}
    edited = any(name.endswith(".yaml") for name in fresh)
    rows = []
    for shot in after.storyboard.shots:
        stale = proposal.touched.of(shot.id) if proposal.touched else TouchedShot(shot=shot.id)
        parts = _counted(tuple(one for one in forecast.stale if one.shot == shot.id), locale)
        if Part.CUT in stale.certain:
            parts.append(texts["cut"])
        if parts:
            why = reasons(before, after, stale, locale, edited=edited)
            what = texts["joint"].join(parts)
            # By the number that it had when it was asked about; shots may be numbered anew.
            number = numbers.get(shot.id, shot.number)
            rows.append(f"    {texts['shot'].format(number, what, why)}")
    known = {shot.id for shot in after.storyboard.shots}
    rest = _counted(tuple(one for one in forecast.stale if one.shot not in known), locale)
    if rest:
        rows.append(f"    {texts['film'].format(texts['joint'].join(rest))}")
    return rows


def _documents(production: Production, *, without: tuple[str, ...]) -> Documents:
    """Gives the documents as they are, but for files of a person's that no version has yet."""
    board = production.read("storyboard.yaml", Storyboard)
    return Documents(
        title=production.sheet.title,
        options=production.sheet.options,
        screenplay=production.read("screenplay.yaml", Screenplay),
        storyboard=board,
        pins=tuple(pin for pin in production.pins if pin not in without),
    )


def proposal_json(proposal: Proposal) -> dict[str, object]:
    """Gives a proposal as JSON has it."""
    return {
        "request": proposal.request,
        **_revision_json(proposal.revision),
        "told": [told.model_dump() for told in told_texts(proposal)],
        "touched": proposal.touched.model_dump(mode="json") if proposal.touched else None,
        "forecast": _forecast_json(proposal.forecast) if proposal.forecast else None,
        "changes": proposal.changes,
    }


def _forecast_json(forecast: Forecast) -> dict[str, object]:
    return {
        "stale": [one.model_dump(mode="json") for one in forecast.stale],
        "reused": forecast.reused,
        "takes": forecast.count("video"),
        "cost_usd": round(forecast.cost_usd, 4),
        "gpu_s": round(forecast.gpu_s, 1),
        "work_s": round(forecast.work_s, 1),
    }


def _revision_json(revision: Revision) -> dict[str, object]:
    dumped: dict[str, object] = revision.model_dump(mode="json")
    return dumped


def accepted_text(accepted: Accepted, locale: Locale) -> str:
    """Gives what a revision that was made came to."""
    texts, report = _TEXTS[locale], accepted.report
    rows = [f"  {texts['note'].format(note)}" for note in report.notes]
    made = texts["made"].format(
        accepted.version,
        report.actions["made"],
        report.actions["reused"],
        report.cost_usd,
        report.wall_s,
    )
    return "\n".join([*rows, f"  {made}", f"  {report.film}"])
