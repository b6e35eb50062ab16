"""Where the films' two typefaces lie: they come with the install, never from the system."""

from __future__ import annotations

from pathlib import Path

CAPTION_FAMILY = "Noto Sans SC"
"""The family name by which libass finds the font of `sans_font`."""


def sans_font() -> Path:
    """Gives the path of Noto Sans SC Regular (OpenType with CFF outlines): captions."""
    from pylopdf_fonts_zh_cn import sans_path

    return Path(sans_path())


def serif_font() -> Path:
    """Gives the path of Noto Serif SC Regular (OpenType with CFF outlines): titles and credits."""
    from pylopdf_fonts_zh_cn import serif_path

    return Path(serif_path())
