"""What the tests of voices share: sounds as services send them."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import numpy as np
import pytest

from nightshoot.tools.speech.trim import SAMPLE_RATE


@pytest.fixture
def tone() -> Callable[..., bytes]:
    """Gives a tone with silence around it, as a sound file of a format."""

    def make(seconds: float = 1.0, *, lead_s: float = 0.1, form: str = "wav") -> bytes:
        times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        silence = np.zeros(int(lead_s * SAMPLE_RATE))
        sound = np.concatenate([silence, 0.05 * np.sin(2 * np.pi * 440 * times), silence])
        file = io.BytesIO()
        with av.open(file, "w", format=form) as container:
            stream = container.add_stream("pcm_s16le" if form == "wav" else form, rate=SAMPLE_RATE)
            assert isinstance(stream, av.AudioStream)
            pcm = (sound * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
            frame.rate = SAMPLE_RATE
            resampler = av.AudioResampler(format=stream.format, layout="mono", rate=SAMPLE_RATE)
            for part in (*resampler.resample(frame), *resampler.resample(None)):
                container.mux(stream.encode(part))
            container.mux(stream.encode(None))
        return file.getvalue()

    return make
