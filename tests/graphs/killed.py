"""Makes a small film with stand-ins that need retakes, and kills itself after so many actions.

python killed.py PLACE ACTIONS: PLACE holds the production (or the documents to begin one with).
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from nightshoot.documents import read_yaml
from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.orders import Advice, Wording
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.events import ActionDone, Event, Stage
from nightshoot.graphs.workshop import Tools
from nightshoot.production import Production
from nightshoot.prompts import Prompts
from nightshoot.retry import Retry
from nightshoot.settings import Settings
from nightshoot.sheet import CrewChoice, ProductionSheet
from nightshoot.studio import Studio
from nightshoot.tools.fake import Defect, FakeCamera, FakePainter, ScriptedWriter


def main(place: Path, actions: int) -> None:
    """Runs until the end, or until so many actions were made."""
    folder = place / "film"
    writer = ScriptedWriter(
        {
            "ideation/conceive": [read_yaml(place / "concept.yaml", Concept)],
            "screenwriter/write": [read_yaml(place / "screenplay.yaml", Screenplay)],
            "storyboarder/board": [read_yaml(place / "board.yaml", Storyboard)],
            "prompt_engineer/word": [Wording(prompt="a river at night")],
            "critic/advise": [Advice(note="更亮一些。")],
        }
    )
    tools = Tools(
        image=FakePainter(flaws={"s02": Defect.BLACK, "s03": Defect.TINTED}, cost_usd=0.1),
        video=FakeCamera(flaws={"s01": Defect.LAZY}, cost_usd=0.2),
        other_images=(FakePainter(name="other", cost_usd=0.1),),
        card_camera=FakeCamera(),
        voices=(),
        composer=None,
    )
    studio = Studio(
        settings=Settings(home=place / "home"),
        fitting=lambda _: (lambda _: writer, tools),
        prompts=Prompts(),
        retry=Retry(),
    )
    if not Production.is_production(folder):
        Production.create(
            folder,
            ProductionSheet(
                title="夜游",
                options=FilmOptions(
                    locale=Locale.ZH, width=128, height=228, seed=3, takes=4, candidates=2
                ),
                crew=CrewChoice(
                    writer="scripted", image="fake", video="fake", voice="none", music="none"
                ),
                budget_usd=5.0,
            ),
            Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH),
        )
    made = 0

    def follow(event: Event) -> None:
        nonlocal made
        made += isinstance(event, ActionDone) and not event.reused
        if made == actions:
            os.kill(os.getpid(), signal.SIGKILL)

    report = studio.produce(Production.open(folder), sink=follow, until=Stage.TAKES)
    sys.stdout.write(report.model_dump_json(include={"takes", "rejected", "flagged_shots"}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
