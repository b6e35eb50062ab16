"""The voice that tests use keeps the contract that real ones keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.fake import FakeSpeech
from nightshoot.tools.protocols import Utterance


@pytest.mark.parametrize("speech", [FakeSpeech(), FakeSpeech(name="paid", paid=True)])
async def test_it_keeps_the_contract(
    speech: FakeSpeech,
    speaks_as_promised: Callable[..., Awaitable[Utterance]],
    tmp_path: Path,
) -> None:
    await speaks_as_promised(speech, tmp_path)
    await speaks_as_promised(speech, tmp_path, text="The moon.", locale=Locale.EN)


@pytest.mark.parametrize(
    ("speech", "kind"),
    [
        (FakeSpeech(fails=True), TransientError),
        (FakeSpeech(fails_after=0), BackendError),
        (FakeSpeech(refuses="moon"), InputError),
    ],
)
async def test_it_misbehaves_as_it_is_told(
    speech: FakeSpeech, kind: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(kind) as caught:
        await speech.speak(
            text="The moon.",
            voice="three",
            locale=Locale.EN,
            kind=LineKind.NARRATION,
            delivery="",
            scratch=tmp_path,
        )
    assert type(caught.value) is kind
