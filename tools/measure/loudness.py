"""How loud a sound is: integrated loudness and true peak, as broadcasters measure them.

Source: ITU-R BS.1770-5 (K weighting, gating at -70 LUFS and at -10 LU, true peak by fourfold
oversampling) and EBU R 128; measured by FFmpeg's `ebur128` filter, which implements both.
"""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from nightshoot.errors import BackendError

SILENT_LUFS = -70.0
"""The absolute gate of BS.1770: what is quieter has no loudness."""

_SUMMARY = re.compile(
    r"Integrated loudness:\s+I:\s+(?P<lufs>-?[\d.]+|nan|-?inf) LUFS"
    r".*?True peak:\s+Peak:\s+(?P<peak>-?[\d.]+|nan|-?inf) dBFS",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a sound measures."""

    integrated_lufs: float
    """In LUFS; minus infinity where nothing passes the gate: silence, or less than 0.4 s."""
    true_peak_dbtp: float
    """In dBTP; minus infinity for digital silence."""


def loudness(path: Path) -> Loudness:
    """Measures the first audio stream of a file of any format, to 0.1 dB.

    A mono file counts as one channel (not doubled), as BS.1770 has it.

    Raises:
        BackendError: the file cannot be read as sound.
    """
    import imageio_ffmpeg

    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-nostdin", "-i", str(path),
        "-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    found = _SUMMARY.search(ran.stderr)
    if ran.returncode or not found:
        reason = ran.stderr.strip().splitlines()[-1:] or ["no answer"]
        raise BackendError(f"the loudness of {path} cannot be measured: {reason[0]}")
    lufs, peak = float(found["lufs"]), float(found["peak"])
    return Loudness(
        -math.inf if math.isnan(lufs) or lufs <= SILENT_LUFS else lufs,
        -math.inf if math.isnan(peak) else peak,
    )
