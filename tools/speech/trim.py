"""Finishes a spoken line: silence trimmed, level made even, written as 24 kHz mono PCM."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.errors import BackendError

Samples = npt.NDArray[np.float32]
"""Mono sound at 24 kHz, from -1.0 to 1.0, one-dimensional."""

SAMPLE_RATE = 24_000
"""Hz; what `Utterance.audio` has."""

LINE_LUFS = -20.0
"""The loudness of every line. Speech peaks 14 to 18 dB above its loudness, so that a line at this
level keeps its peaks without a limiter; the mix sets the film's own loudness later."""

PEAK_DBFS = -1.0
"""No sample of a line is above this. Source: the same headroom as EBU R 128 s1 gives streams."""

SILENCE_DBFS = -50.0
"""Below this, a frame of a levelled line is silence: 30 dB under the speech itself, under which the
measured onsets of soft consonants (f, h, x) do not fall."""

_FRAME = SAMPLE_RATE // 200
_KEEP_FRAMES = 8
_EDGE = SAMPLE_RATE // 500
_K_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_K_HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
"""Source: ITU-R BS.1770-5, tables 1 and 2, at 48 kHz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A line as it was written to a file."""

    duration_s: float
    cut_s: float
    """How much was cut from the start; word times move back by this."""


def loudness_lufs(samples: Samples) -> float:
    """Measures integrated loudness; `-inf` for silence. A line under 0.4 s is one block.

    Source: ITU-R BS.1770-5: K-weighting, blocks of 400 ms with 75 % overlap, gates at -70 LUFS and
    10 LU under the mean. The weighting is applied by its magnitude, which is all that energy needs.
    """
    if samples.size == 0:
        return float("-inf")
    spectrum = np.fft.rfft(samples.astype(np.float64), n=samples.size + SAMPLE_RATE // 10)
    turn = np.exp(
        -2j * np.pi * np.fft.rfftfreq(samples.size + SAMPLE_RATE // 10, 1 / SAMPLE_RATE) / 48_000
    )
    for numerator, denominator in (_K_SHELF, _K_HIGH_PASS):
        above = numerator[0] + numerator[1] * turn + numerator[2] * turn**2
        spectrum *= np.abs(above / (1 + denominator[0] * turn + denominator[1] * turn**2))
    energy = np.cumsum(np.concatenate([[0.0], np.fft.irfft(spectrum)[: samples.size] ** 2]))
    block = min(samples.size, SAMPLE_RATE * 4 // 10)
    starts = np.arange(0, samples.size - block + 1, SAMPLE_RATE // 10)
    powers = (energy[starts + block] - energy[starts]) / block
    powers = powers[_lufs(powers) > -70]
    if powers.size == 0:
        return float("-inf")
    gate = _lufs(np.asarray(powers.mean())) - 10
    return float(_lufs(np.asarray(powers[_lufs(powers) > gate].mean())))


def _lufs(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-12)))


def levelled(samples: Samples) -> Samples:
    """Brings a line to `LINE_LUFS`, or as near as its peaks allow.

    Raises:
        BackendError: the line is silent.
    """
    loudness = loudness_lufs(samples)
    if loudness == float("-inf"):
        raise BackendError("the voice gave silence; choose another with --voice")
    gain = 10 ** ((LINE_LUFS - loudness) / 20)
    most = 10 ** (PEAK_DBFS / 20) / float(np.max(np.abs(samples)))
    return (samples * np.float32(min(gain, most))).astype(np.float32)


def trimmed(samples: Samples) -> tuple[Samples, int]:
    """Cuts silence to at most 45 ms at each end; gives the rest and how many samples went first."""
    frames = samples.size // _FRAME
    if frames == 0:
        return samples, 0
    power = np.mean(
        samples[: frames * _FRAME].reshape(frames, _FRAME).astype(np.float64) ** 2, axis=1
    )
    heard = np.flatnonzero(power > 10 ** (SILENCE_DBFS / 10))
    if heard.size == 0:
        return samples, 0
    start = max(0, int(heard[0]) - _KEEP_FRAMES) * _FRAME
    end = min(samples.size, (int(heard[-1]) + 1 + _KEEP_FRAMES) * _FRAME)
    cut = samples[start:end].copy()
    edge = min(_EDGE, cut.size // 2)
    ramp = np.linspace(0, 1, edge, endpoint=False, dtype=np.float32)
    cut[:edge] *= ramp
    cut[cut.size - edge :] *= ramp[::-1]
    return cut, start


def finish(samples: Samples, path: Path) -> Finished:
    """Levels and trims a line and writes it as WAV, mono, 16-bit, 24 kHz.

    Raises:
        BackendError: the line is silent.
    """
    line, start = trimmed(levelled(samples))
    # The silence that went may have weighed in the loudness of a short line.
    line = levelled(line)
    pcm = np.round(np.clip(line, -1.0, 1.0) * 32767).astype("<i2")
    # Opened first: a writer that cannot open its file prints a complaint when it is collected.
    with path.open("wb") as raw, wave.open(raw, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(pcm.tobytes())
    return Finished(duration_s=pcm.size / SAMPLE_RATE, cut_s=start / SAMPLE_RATE)


def decoded(sound: bytes) -> Samples:
    """Decodes a sound file of any codec to mono at 24 kHz.

    Raises:
        BackendError: the bytes are no sound.
    """
    import av
    from av.container import InputContainer

    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    parts: list[npt.NDArray[np.float32]] = []
    try:
        with av.open(io.BytesIO(sound)) as container:
            assert isinstance(container, InputContainer)
            frames = container.decode(audio=0)
            for frame in (*frames, None):
                parts.extend(
                    one.to_ndarray().astype(np.float32).reshape(-1)
                    for one in resampler.resample(frame)
                )
    except (av.FFmpegError, IndexError) as fault:
        raise BackendError(f"the voice's answer is not sound: {fault}") from fault
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)
