"""`nightshoot chat`: a conversation about a film."""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Callable, Mapping

import click

from nightshoot.cli.differing import PAGE, compared
from nightshoot.cli.history import chosen_versions, cost_text, turns_of, undone, whole
from nightshoot.cli.progress import Progress
from nightshoot.cli.proposing import accepted_text, proposal_text, said
from nightshoot.cli.ruling import ruled
from nightshoot.cli.showing import shown, shown_text
from nightshoot.domain.approval import Verdict
from nightshoot.domain.revising import Impossible
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BudgetExceeded, InputError, NightshootError
from nightshoot.pages.difference import difference_text
from nightshoot.production import Production
from nightshoot.revisions import Proposal, Revisions
from nightshoot.workplace import Workplace

_TEXTS = {
    Locale.ZH: {
        "help": """\
  想改什么，直接说，中文英文都行；问到选项时答号码就行。也可以：
    /show            文稿、镜头、拍摄条数
    /diff [A] [B]    两个版本差在哪里，并写出 difference.html
    /undo            回到上一个版本
    /play            用播放器放片
    /cost            每个版本花了多少
    /approve 镜头 [第几条] [为什么]   留下这一条，不管审片怎么说
    /reject 镜头 怎么改              这个镜头重拍
    /quit            结束
  制作的时候可以接着打字：每一行都留着，做完了按次序读。""",
        "kept": "“{}”留到后面再说。",
        "dropped": "没有做。",
        "budget": "超出预算：{}",
        "goes_on": "下一次改动时就照办；现在就办：nightshoot resume {}",
    },
    Locale.EN: {
        "help": """\
  Say what is to be changed, in Chinese or in English; answer a question with the number of a
  choice. Or:
    /show            the film's documents, shots and takes
    /diff [A] [B]    what differs between two versions; writes difference.html
    /undo            the version before
    /play            the film, in your player
    /cost            what each version took
    /approve SHOT [TAKE] [NOTE]   keep a take, whatever the critic says
    /reject SHOT NOTE             have a shot taken again
    /quit            end
  You may go on typing while something is made: each line is kept and read afterwards, in order.""",
        "kept": '"{}" is kept for afterwards.',
        "dropped": "It is not made.",
        "budget": "over budget: {}",
        "goes_on": "the next revision heeds it; at once: nightshoot resume {}",
    },
}

_YES = {"", "y", "yes", "ok", "sure", "是", "好", "好的", "行", "可以", "照做", "对", "嗯", "做"}
_NO = {"n", "no", "不", "否", "不要", "不用", "别", "算了", "不行", "不做", "取消", "cancel"}
_QUIT = {"/quit", "/q", "/exit"}

_LOOKING = {"show", "diff", "play", "cost", "help"}
"""Commands that change nothing: they are answered even before a proposal is."""


class _Ended(Exception):
    """The person has said all there is to say."""


class Talk:
    """One conversation, until the person ends it."""

    def __init__(self, workplace: Workplace, production: Production) -> None:
        self._workplace = workplace
        self._revisions = Revisions(workplace, production)
        self._revisions.turns = turns_of(production)
        self._choices: tuple[str, ...] = ()
        self._kept: deque[str] = deque()
        """Lines that were typed ahead of their turn."""

    @property
    def _production(self) -> Production:
        return self._revisions.production

    @property
    def _locale(self) -> Locale:
        return self._production.sheet.options.locale

    def run(self) -> None:
        """Reads a line, answers, and reads the next."""
        click.echo(self._text("help"))
        try:
            while True:
                self._answer(self._kept.popleft() if self._kept else self._read("> "))
        except _Ended:
            return

    def _text(self, name: str) -> str:
        return _TEXTS[self._locale][name]

    def _read(self, prompt: str) -> str:
        """Gives the next line that a person types. Raises _Ended where there is none."""
        try:
            line: str = click.prompt("", prompt_suffix=prompt, default="", show_default=False)
        except (click.Abort, EOFError):
            click.echo()
            raise _Ended from None
        if line.strip().lower() in _QUIT:
            raise _Ended
        return line.strip()

    def _answer(self, line: str) -> None:
        """Does what a line says; what cannot be done is told, and the talk goes on."""
        try:
            if line.startswith("/"):
                self._command(line)
            elif line:
                self._revise(line)
        except BudgetExceeded as error:
            click.echo(f"  {self._text('budget').format(error)}")
        except Impossible as error:
            click.echo("\n".join(f"  {text}" for text in error.texts(self._locale)))
        except (NightshootError, OSError) as error:
            click.echo(f"  {error}")
        except KeyboardInterrupt:
            click.echo(f"\n  {said(self._locale, 'stopped')}")
            raise _Ended from None

    def _command(self, line: str) -> None:
        name, *arguments = _split(line[1:])
        commands: Mapping[str, Callable[[list[str]], None]] = {
            "show": self._show,
            "diff": self._diff,
            "undo": self._undo,
            "play": self._play,
            "cost": self._cost,
            "approve": self._approve,
            "reject": self._reject,
        }
        if name not in commands:
            click.echo(self._text("help"))
            return
        commands[name](arguments)

    def _revise(self, line: str) -> None:
        if line.isdecimal() and 1 <= int(line) <= len(self._choices):
            line = self._choices[int(line) - 1]
            click.echo(f"  {line}")
        self._reopen()
        with Progress() as progress:
            proposal = self._revisions.propose(line, sink=progress)
        question = proposal.revision.question
        self._choices = question.choices if question else ()
        click.echo(proposal_text(proposal, self._production))
        if not proposal.changes:
            return
        if not self._agreed():
            self._take_back(proposal)
            click.echo(f"  {self._text('dropped')}")
            return
        locale = self._locale
        with Progress() as progress:
            accepted = self._revisions.accept(proposal, sink=progress)
        click.echo(accepted_text(accepted, locale))
        self._reopen()

    def _agreed(self) -> bool:
        """Asks whether to make it; lines that are no answer are kept for afterwards."""
        while True:
            line = self._read(f"  {said(self._locale, 'sure')} [Y/n] ")
            word = line.lower().rstrip("。.!！ ")
            if word in _YES or word in _NO:
                return word in _YES
            if line.startswith("/") and _split(line[1:])[0] in _LOOKING:
                self._answer(line)
                continue
            self._kept.append(line)
            click.echo(f"  {self._text('kept').format(line)}")

    def _take_back(self, proposal: Proposal) -> None:
        """Forgets a proposal that was turned down: "a bit more" adds to nothing of it."""
        if self._revisions.turns and self._revisions.turns[-1].revision == proposal.revision:
            self._revisions.turns.pop()

    def _reopen(self) -> None:
        """Reads the folder anew, where files may have been edited, and keeps the conversation."""
        turns = self._revisions.turns
        self._revisions = Revisions(self._workplace, Production.open(self._production.folder))
        self._revisions.turns = turns

    def _show(self, _: list[str]) -> None:
        self._reopen()
        click.echo(shown_text(shown(self._production)))

    def _diff(self, arguments: list[str]) -> None:
        wrong = [one for one in arguments if not one.isdecimal()]
        if wrong:
            raise InputError(f"{wrong[0]!r} is no version: give its number, as in /diff 1 2")
        first, second = (*(int(one) for one in arguments[:2]), None, None)[:2]
        before, after = chosen_versions(self._production, first, second)
        with whole(f"version {before.number} or {after.number}"):
            found = compared(self._production, before, after, self._workplace.store())
        click.echo(f"{difference_text(found)}\n\n  {self._production.folder / PAGE}")

    def _undo(self, _: list[str]) -> None:
        self._reopen()
        click.echo(f"  {undone(self._workplace, self._production)}")
        self._reopen()
        # What was undone is no longer what "a bit more" adds to.
        self._revisions.turns = turns_of(self._production)

    def _play(self, _: list[str]) -> None:
        film = self._production.folder / "film.mp4"
        if not film.is_file():
            raise InputError(f"{film} is not there: `nightshoot resume` makes it")
        click.echo(f"  {film}")
        click.launch(str(film))

    def _cost(self, _: list[str]) -> None:
        click.echo(cost_text(self._production))

    def _approve(self, arguments: list[str]) -> None:
        shot, *rest = arguments or [""]
        take = int(rest.pop(0)) if rest and rest[0].isdecimal() else None
        self._rule(shot, Verdict.APPROVED, take, " ".join(rest))

    def _reject(self, arguments: list[str]) -> None:
        shot, *rest = arguments or [""]
        self._rule(shot, Verdict.REJECTED, None, " ".join(rest))

    def _rule(self, shot: str, verdict: Verdict, take: int | None, note: str) -> None:
        if not shot:
            raise InputError(f"name a shot, as in /{'approve' if take else 'reject'} 3 closer")
        if verdict is Verdict.REJECTED and not note:
            raise InputError(f"say what the next take should do, as in /reject {shot} closer")
        folder = self._production.folder
        told = ruled(folder, shot, verdict, take=take, note=note).partition("\n")[0]
        click.echo(f"  {told.partition(';')[0]}; {self._text('goes_on').format(folder)}")


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line) or [""]
    except ValueError:
        return line.split() or [""]
