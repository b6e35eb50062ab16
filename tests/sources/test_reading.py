"""Briefs, stories and files of every kind, nasty ones included."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from nightshoot.domain.brief import SourceKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.sources import read_source
from nightshoot.sources.texts import MOST_LETTERS

STORY = "夜里，江上有一只小船。船上的人在吹箫，箫声很低。"


def saved(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("苏轼与客泛舟夜游赤壁", Locale.ZH),
        ("A lighthouse keeper finds a letter", Locale.EN),
        ("A man named 李白 walks home through the long and rainy night", Locale.EN),
        ("王小明的 iPhone 掉进了河里", Locale.ZH),
        ("رجل يمشي في الليل", Locale.EN),
        ("🌙 月亮 🌙", Locale.ZH),
    ],
)
def test_words_are_a_brief_in_their_own_language(text: str, locale: Locale) -> None:
    source = read_source(text)
    assert (source.kind, source.text, source.locale) == (SourceKind.BRIEF, text, locale)


def test_the_language_that_was_asked_for_wins() -> None:
    assert read_source("a river", locale=Locale.ZH).locale is Locale.ZH


def test_a_story_is_kept_word_for_word(tmp_path: Path) -> None:
    source = read_source(saved(tmp_path, "小船.txt", STORY))
    assert (source.kind, source.text, source.title) == (SourceKind.STORY, STORY, "小船")


def test_a_story_in_markdown_has_its_heading_as_title(tmp_path: Path) -> None:
    source = read_source(saved(tmp_path, "a.md", "# The Boat\n\nOnce there was a boat."))
    assert (source.kind, source.title) == (SourceKind.STORY, "The Boat")
    assert source.text == "Once there was a boat.", "the title is not spoken"
    alone = read_source(saved(tmp_path, "b.md", "# The Boat"))
    assert alone.text == "# The Boat"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_a_story_is_read_in_the_encodings_that_people_save(tmp_path: Path, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    source = read_source(saved(tmp_path, "a.txt", mark + STORY.encode(encoding)))
    assert source.text == STORY


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "the brief is empty"),
        (" \n\t", "the brief is empty"),
        ("。……！", "no words"),
        ("😀😀", "no words"),
        ("\x00\x01", "the brief is empty"),
        ("missing.md", "there is no file missing.md"),
        ("夜" * 700_000, "700,000 letters"),
    ],
)
def test_a_brief_that_cannot_be_used_is_refused_in_a_line(given: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_source(given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.md", b"", "is empty"),
        ("blank.txt", b" \n\n ", "is empty"),
        ("marks.md", "。。——".encode(), "has no words"),
        ("nul.txt", b"once\x00upon a time", "UTF-8"),
        ("junk.txt", random.Random(7).randbytes(5_000), "UTF-8"),
        ("junk.md", bytes(byte or 1 for byte in random.Random(8).randbytes(5_000)), "UTF-8"),
        ("latin.txt", "Déjà vu, naïve façade".encode("latin-1"), "UTF-8"),
        ("half.txt", b"\xff\xfeabc", "UTF-8"),
        ("film.pdf", b"%PDF-1.7", "no kind of script"),
        ("picture.png", b"\x89PNG\r\n", "no kind of script"),
        ("long.txt", "他走了。".encode() * 174_763, "letters"),
        ("longer.txt", b"a" * (20 * 2**20 + 1), "20 MiB"),
        ("wrong.xlsx", b"PK\x03\x04nonsense", "cannot be read as an Excel file"),
        ("text.xlsx", b"hello", "cannot be read as an Excel file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_line(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_source(saved(tmp_path, name, content))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"without production\.yaml"):
        read_source(str(tmp_path))


def test_the_longest_text_is_still_read() -> None:
    assert len(read_source("夜" * MOST_LETTERS).text) == MOST_LETTERS


def test_a_few_control_characters_are_cleaned_away(tmp_path: Path) -> None:
    text = "\ufeffHe\x07 went\x1b[31m home\x1b[0m.\r\nShe\rstayed.\u2028Rain."
    source = read_source(saved(tmp_path, "a.txt", text))
    assert source.text == "He went home.\nShe\nstayed.\nRain."


def test_right_to_left_text_and_joined_emoji_are_kept(tmp_path: Path) -> None:
    text = "قال: مرحبا. 👩‍🚀 went home, and \u202eback\u202c."
    assert read_source(saved(tmp_path, "a.txt", text)).text == text


NASTY = r"""He said: "{\an8}\N[x]" 'y':%{eif\:n},drawtext=text='a' | ;$(rm) ../.. <b>&amp;</b>"""


def test_marks_of_captions_filters_and_shells_are_words_like_any_other(tmp_path: Path) -> None:
    assert read_source(saved(tmp_path, "a.txt", NASTY)).text == NASTY


def test_a_title_is_one_short_line(tmp_path: Path) -> None:
    source = read_source(saved(tmp_path, "a.md", f"# ../../etc {'x' * 300}\n\nHe went."))
    assert source.title.startswith("../../etc xxx")
    assert len(source.title) == 60


def test_a_long_word_that_is_no_path_is_a_brief() -> None:
    assert read_source("x" * 3_000).kind is SourceKind.BRIEF
    assert read_source("~nobody-of-that-name/boat").kind is SourceKind.BRIEF
