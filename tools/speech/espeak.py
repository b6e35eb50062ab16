"""Asks espeak-ng for the phonemes of English words, through its shared library.

Only its dictionary and letter rules are used, never its voice. The library keeps one state for the
whole process, so that a lock guards every call.
"""

from __future__ import annotations

import ctypes
import importlib
import threading
from pathlib import Path

from nightshoot.errors import BackendError

_RETRIEVAL = 1
_UTF8 = 1
_IPA = 0x02
_TIE = 0x80 | (ord("^") << 8)
"""Joins the letters of one sound with `^`, so that a diphthong is told from two vowels."""
_lock = threading.Lock()


class Espeak:
    """English letters to IPA. Loading takes some milliseconds and happens on the first call."""

    def __init__(self) -> None:
        self._library: ctypes.CDLL | None = None

    def ipa(self, words: str, accent: str) -> str:
        """Gives the IPA of words without punctuation; `accent` is `en-us` or `en` (British).

        Raises:
            BackendError: the library or its data cannot be loaded.
        """
        with _lock:
            library = self._loaded()
            if library.espeak_SetVoiceByName(accent.encode()) != 0:
                raise BackendError(f"espeak-ng has no voice {accent!r}; reinstall espeakng-loader")
            pointer = ctypes.c_char_p(words.encode())
            rest = ctypes.pointer(ctypes.cast(pointer, ctypes.c_void_p))
            parts: list[str] = []
            while rest.contents.value:
                given = library.espeak_TextToPhonemes(rest, _UTF8, _IPA | _TIE)
                if given:
                    parts.append(given.decode())
            return " ".join(part.strip() for part in parts if part.strip())

    def _loaded(self) -> ctypes.CDLL:
        if self._library is None:
            loader = importlib.import_module("espeakng_loader")
            try:
                library = ctypes.CDLL(str(loader.get_library_path()))
            except OSError as fault:
                raise BackendError(f"espeak-ng cannot be loaded: {fault}") from fault
            library.espeak_TextToPhonemes.restype = ctypes.c_char_p
            library.espeak_TextToPhonemes.argtypes = [
                ctypes.POINTER(ctypes.c_void_p),
                ctypes.c_int,
                ctypes.c_int,
            ]
            data = Path(str(loader.get_data_path())).parent
            if library.espeak_Initialize(_RETRIEVAL, 0, str(data).encode(), 0) <= 0:
                raise BackendError(f"espeak-ng finds no data in {data}; reinstall espeakng-loader")
            self._library = library
        return self._library
