"""Puts what was made into the folder that a person sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nightshoot.documents import to_yaml
from nightshoot.domain.approval import Ruling
from nightshoot.domain.cut import Cut
from nightshoot.domain.film import Film, ShotResult, Take
from nightshoot.domain.review import NOTHING_CAME
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.value import Value
from nightshoot.events import Reported, read_events
from nightshoot.graphs.workshop import Workshop
from nightshoot.pages.storyboard import BoardPage, board_page
from nightshoot.tools.edit.otio import otio_text
from nightshoot.tools.edit.srt import srt_text


def export_keyframe(shop: Workshop, take: Take) -> None:
    """Writes a keyframe that will be filmed to `shots/<id>/`."""
    home = f"shots/{take.plan.shot}"
    _export(shop, f"{home}/keyframe.png", take.keyframe)
    if take.layers:
        _export(shop, f"{home}/layers.svg", take.layers)


def export_shot(shop: Workshop, shot: Shot, result: ShotResult) -> None:
    """Writes `shots/<id>/`: the take in the film, and the rejected ones under `takes/`."""
    if shop.dry:
        # Nobody reads what these files would hold.
        return
    home = f"shots/{shot.id}"
    for take in result.takes:
        chosen = take.number == result.best
        folder = home if chosen else f"{home}/takes/{take.number}"
        shop.production.write(
            f"{folder}/plan.yaml", to_yaml(take.plan, heading=f"Take {take.number}."), read=False
        )
        shop.production.write(
            f"{folder}/review.yaml",
            to_yaml(_Reviews.of(take, result), heading=f"Take {take.number}."),
            read=False,
        )
        if take.keyframe:
            _export(shop, f"{folder}/keyframe.png", take.keyframe)
        if take.layers:
            _export(shop, f"{folder}/layers.svg", take.layers)
        if take.video:
            _export(shop, f"{folder}/take.mp4", take.video)


def export_sound(shop: Workshop, cut: Cut, *, music: str, mix: str) -> None:
    """Writes `sound/`: each line, the music and the mix."""
    for clip in cut.clips:
        for spoken in clip.spoken:
            _export(shop, f"sound/{spoken.line}.wav", spoken.audio)
    if music:
        _export(shop, "sound/music.wav", music)
    if mix:
        _export(shop, "sound/mix.m4a", mix)


def export_cut(shop: Workshop, cut: Cut, results: Sequence[ShotResult], *, music: str) -> None:
    """Writes `cut.otio` and `film.srt`, and the takes that the editor brought to their length."""
    media = {clip.take: f"shots/{clip.id}/take.mp4" for clip in cut.clips}
    filmed = {result.shot: result.take.video for result in results}
    for clip in cut.clips:
        if clip.take != filmed.get(clip.id, clip.take):
            media[clip.take] = f"shots/{clip.id}/lengthened.mp4"
            _export(shop, media[clip.take], clip.take)
    media |= {
        spoken.audio: f"sound/{spoken.line}.wav" for clip in cut.clips for spoken in clip.spoken
    }
    for clip in cut.clips:
        if clip.kind != "shot":
            _export(shop, f"shots/{clip.id}/take.mp4", clip.take)
    text = otio_text(cut, media=media, music="sound/music.wav" if music else "")
    shop.production.write("cut.otio", text.encode())
    shop.production.write("film.srt", srt_text(cut).encode())


def export_page(
    shop: Workshop, film: Film | None, results: Sequence[ShotResult], pictures: Mapping[str, bytes]
) -> None:
    """Writes `storyboard.html`; a forecast has no pictures for it."""
    if shop.dry:
        return
    production = shop.production
    crew = production.sheet.crew
    reports = [
        logged.event.text
        for logged in read_events(production.events)
        if isinstance(logged.event, Reported)
    ]
    page = BoardPage(
        board=production.read("storyboard.yaml", Storyboard),
        screenplay=production.read("screenplay.yaml", Screenplay),
        results=tuple(results),
        film=film,
        width=production.sheet.options.width,
        height=production.sheet.options.height,
        crew=tuple((role, name) for role, name in crew.parts if name != "none"),
        reports=tuple(dict.fromkeys(reports)),
    )
    production.write("storyboard.html", board_page(page, pictures).encode())


def export_film(shop: Workshop, film: Film) -> None:
    """Writes `film.mp4`; says so where a file of a person's own stands in its place."""
    if not shop.production.export("film.mp4", film.video, shop.log.store):
        shop.report(
            f"{shop.production.folder / 'film.mp4'} was changed by hand and is kept: move it away "
            "and run `nightshoot resume` for the new film."
        )


class _Reviews(Value):
    """The verdicts of a take."""

    take: int
    passed: bool
    in_film: bool
    ended: str
    """Why the shot's loop ended; said of the take in the film."""
    economised: str
    """What there was too little of, where the plain camera filmed it."""
    remedies: tuple[str, ...]
    """What is otherwise than in the take before, and the measures that called for it."""
    advice: str
    ruling: Ruling | None
    """What a person said, who goes before the critic."""
    findings: tuple[str, ...]

    @classmethod
    def of(cls, take: Take, result: ShotResult) -> _Reviews:
        used = take.number == result.best
        reviews = [take.keyframe_review, *([take.video_review] if take.video_review else [])]
        return cls(
            take=take.number,
            passed=take.passed,
            in_film=used,
            ended=result.ended.value if used else "",
            economised=take.economised.value if take.economised else "",
            remedies=tuple(
                f"{one.kind.value}: {one.told} (for {', '.join(one.reasons)})"
                for one in take.remedies
            ),
            advice=take.advice,
            ruling=take.ruling,
            findings=tuple(
                f"{'ok ' if one.passed else 'BAD'} {one.measure}: {one.value:g} {one.unit} "
                f"({one.direction.value.replace('_', ' ')} {one.threshold:g})"
                + ("" if one.measure not in NOTHING_CAME else f": {one.note}")
                for review in reviews
                for one in review.findings
            ),
        )


def _export(shop: Workshop, name: str, digest: str) -> None:
    shop.production.export(name, digest, shop.log.store)
