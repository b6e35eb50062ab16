"""The commands and their options. Heavy imports wait until a command runs."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import nightshoot
from nightshoot.cli.answering import answering
from nightshoot.cli.batching import batch
from nightshoot.cli.cleaning import clean
from nightshoot.cli.revising import COMMANDS
from nightshoot.domain.sizes import ASPECTS

if TYPE_CHECKING:
    from nightshoot.production import Production
    from nightshoot.workplace import Report

_STAGES = ("screenplay", "storyboard", "keyframes", "takes", "cut")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(nightshoot.__version__, prog_name="nightshoot")
@click.option("-v", "--verbose", is_flag=True, help="Log what goes on inside, to stderr.")
def main(verbose: bool) -> None:
    """Tell it a story at dusk, watch the film at dawn.

    A crew of agents writes, boards, paints, films, judges, cuts and scores a short drama. It works
    offline and without a key; with OPENAI_API_KEY or NIGHTSHOOT_BASE_URL set, a language model
    writes.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that lacks a script shows its characters' numbers rather than nothing at all.
        sys.stdout.reconfigure(errors="backslashreplace")
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        stream=sys.stderr,
        format="%(levelname)s %(name)s: %(message)s",
    )
    # Keys travel in headers, which these two log at their chattier levels.
    for noisy in ("httpx2", "httpcore2", "httpx", "openai"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@main.command()
@click.argument("source")
@click.option("--out", type=click.Path(path_type=Path), help="The film's folder. [films/<title>]")
@click.option("--duration", help="Length to aim at: 45s, 1m30s, 1:30.")
@click.option(
    "--aspect", type=click.Choice(list(ASPECTS)), default="9:16", show_default=True, help="Shape."
)
@click.option(
    "--size", metavar="WxH", help="Size in pixels, such as 1080x1920; wins over --aspect."
)
@click.option(
    "--fps", default="24", show_default=True, help="Frames per second: 24, 25, 30000/1001."
)
@click.option(
    "--locale",
    type=click.Choice(["auto", "zh", "en"]),
    default="auto",
    show_default=True,
    help="Language of the film.",
)
@click.option("--style", default="", help="The look in words, for painters that take words.")
@click.option("--writer", default="auto", show_default=True, help="rehearsal, llm or auto.")
@click.option("--image", default="shadow-play", show_default=True, help="Painter of keyframes.")
@click.option("--video", default="multiplane", show_default=True, help="Camera.")
@click.option("--voice", default="auto", show_default=True, help="Voices: a name, auto or none.")
@click.option("--music", default="pluck", show_default=True, help="Composer, or none.")
@click.option(
    "--takes", type=click.IntRange(1, 20), default=3, show_default=True, help="Most takes a shot."
)
@click.option(
    "--candidates",
    type=click.IntRange(1, 8),
    default=1,
    show_default=True,
    help="Keyframes painted for each take; the best is filmed.",
)
@click.option(
    "--other-image",
    multiple=True,
    metavar="NAME",
    help="Painter for shots that the first does not get right; may be given again.",
)
@click.option(
    "--other-video",
    multiple=True,
    metavar="NAME",
    help="Camera for shots that the first does not get right; may be given again.",
)
@click.option(
    "--shot-usd",
    type=click.FloatRange(min=0),
    help="Begin no further take that may bring a shot's cost above this.",
)
@click.option(
    "--shot-minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="Begin no further take that is likely to bring the work on a shot above this.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=7,
    show_default=True,
    help="Another film of the same story.",
)
@click.option("--budget-usd", type=click.FloatRange(min=0), help="The most that the film may cost.")
@click.option(
    "--gpu-hours", type=click.FloatRange(min=0), help="The most GPU time that the film may take."
)
@click.option(
    "--takes-in-all", type=click.IntRange(min=0), help="The most takes filmed for the film."
)
@click.option("--until", type=click.Choice(_STAGES), help="End early, after this stage.")
@click.option(
    "--review", is_flag=True, help="Ask for approval after screenplay, storyboard, keyframes."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object; progress goes to stderr."
)
@answering
def make(source: str, until: str | None, as_json: bool, **options: Any) -> None:
    """Make a film from SOURCE: a brief in quotes, a file, or a production's folder.

    A file may be a story (.txt, .md), a screenplay (.fountain, .md) or a storyboard table (.md,
    .csv, .xlsx).
    """
    from nightshoot.cli.ordering import ordered
    from nightshoot.production import Production

    if _is_folder(source):
        production = Production.open(Path(source))
    else:
        size = ASPECTS[options.pop("aspect")]
        production = ordered(source, default_size=size, environment=os.environ, **options)
    _run(production, until=until, as_json=as_json)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--until", type=click.Choice(_STAGES), help="End early, after this stage.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object; progress goes to stderr."
)
@answering
def resume(folder: Path, until: str | None, as_json: bool) -> None:
    """Go on with the film in FOLDER: after a stop, a crash, a ruling, or an edit by hand."""
    from nightshoot.production import Production

    _run(Production.open(folder), until=until, as_json=as_json)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("shot")
@click.option("--take", type=click.IntRange(min=1), help="Its number. [the one in the film]")
@click.option("--note", default="", help="Why it is good enough.")
@answering
def approve(folder: Path, shot: str, take: int | None, note: str) -> None:
    """Say that a take of SHOT is good, whatever the critic says.

    FOLDER is the film's, SHOT a shot's id or number. Your word is kept in rulings.yaml.
    """
    from nightshoot.cli.ruling import ruled
    from nightshoot.domain.approval import Verdict

    click.echo(ruled(folder, shot, Verdict.APPROVED, take=take, note=note))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("shot")
@click.option("--take", type=click.IntRange(min=1), help="Its number. [the one in the film]")
@click.option("--note", required=True, help="What the next take should do.")
@answering
def reject(folder: Path, shot: str, take: int | None, note: str) -> None:
    """Have SHOT taken again, with what the next take should do.

    FOLDER is the film's, SHOT a shot's id or number. Your word is kept in rulings.yaml.
    """
    from nightshoot.cli.ruling import ruled
    from nightshoot.domain.approval import Verdict

    click.echo(ruled(folder, shot, Verdict.REJECTED, take=take, note=note))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@answering
def show(folder: Path, as_json: bool) -> None:
    """Show what FOLDER holds: its documents, shots, takes, verdicts and where the run stands."""
    from nightshoot.cli.showing import shown, shown_text
    from nightshoot.production import Production

    found = shown(Production.open(folder))
    click.echo(
        json.dumps(found.model_dump(mode="json"), ensure_ascii=False)
        if as_json
        else shown_text(found)
    )


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--models", "of_models", is_flag=True, help="The families of models, by GPU size.")
@answering
def tools(as_json: bool, of_models: bool) -> None:
    """List the painters, cameras, voices and composers that there are, and what they need."""
    from nightshoot.cli.listing import listing, listing_text, models, models_text
    from nightshoot.settings import settings_from
    from nightshoot.tools.registry import Registry

    if of_models:
        known = models()
        click.echo(json.dumps(known, ensure_ascii=False) if as_json else models_text(known))
        return
    registry = Registry.of(settings_from(os.environ), os.environ)
    try:
        found = listing(registry, tuned=True)
    finally:
        registry.close()
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else listing_text(found))


@main.command()
@answering
def doctor() -> None:
    """Check this installation: encoder, fonts, store, GPU, backends, endpoint.

    `off` is what nobody has set up; only BAD is in the way of a film.
    """
    from nightshoot.cli.checking import checked

    good = True
    for check in checked(os.environ):
        good = good and check.good
        click.echo(f"{check.mark} {check.name}: {check.text}")
    if not good:
        sys.exit(1)


def _is_folder(source: str) -> bool:
    """Whether a source names a folder; an empty one does not name the folder one stands in."""
    try:
        return bool(source.strip()) and Path(source).is_dir()
    except OSError:
        # A brief may be longer than the name of a file can be.
        return False


def _run(production: Production, *, until: str | None, as_json: bool) -> None:
    from nightshoot.cli.progress import Progress
    from nightshoot.cli.wiring import studio
    from nightshoot.studio import stage_named

    with Progress() as progress:
        report = studio(os.environ).produce(
            production, sink=progress, until=stage_named(until) if until else None
        )
    if as_json:
        click.echo(report.model_dump_json(exclude={"awaiting"} if not report.awaiting else None))
    else:
        _summarise(report)


def _summarise(report: Report) -> None:
    for note in report.notes:
        click.echo(f"  note: {note}")
    if report.awaiting:
        click.echo(
            f"\nPlease look at the {report.awaiting} in {report.folder}, edit what you like, "
            "and approve:\n"
            f"  nightshoot resume {report.folder}"
        )
        return
    made, reused = report.actions["made"], report.actions["reused"]
    click.echo(
        f"\n  {report.shots} shots, {report.takes} takes, {report.rejected} rejected"
        f"{', look at ' + ', '.join(report.flagged_shots) if report.flagged else ''}\n"
        f"  written by {report.writer}, painted by {report.image}, filmed by {report.video}, "
        f"voice {report.voice}, music {report.music}\n"
        f"  {made} actions made, {reused} reused, ${report.cost_usd:.2f}"
        f"{f', GPU {report.gpu_s:.0f} s' if report.gpu_s else ''}, {report.wall_s:.0f} s"
    )
    if report.writing:
        tokens = sum(
            used.prompt_tokens + used.completion_tokens for used in report.writing.values()
        )
        click.echo(
            f"  writing: {tokens} tokens, "
            + ", ".join(f"{name} ${used.cost_usd:.4f}" for name, used in report.writing.items())
        )
    if report.film:
        click.echo(f"  {report.duration_s:.1f} s at {report.size}\n\n  {report.film}")
    else:
        click.echo(f"\n  stopped as asked; go on with: nightshoot resume {report.folder}")


for _command in (*COMMANDS, batch, clean):
    main.add_command(_command)
