"""Operations on takes, pins and the film as a whole."""

from __future__ import annotations

from pydantic import ValidationError

from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.revising.draft import Draft, Wrong, quoted_words
from nightshoot.domain.revising.telling import NOTHING, Told, both, joined, opening
from nightshoot.domain.revision import (
    CaptionSize,
    PickTake,
    Regenerate,
    ReleasePin,
    SetCaptions,
    SetFilm,
    SetMusic,
)

_LONGEST_NOTE = 2000
"""What `Shot.note` takes, in letters."""
_LONGEST_TITLE = 60
_SIZES = {
    CaptionSize.SMALL: both("小", "small"),
    CaptionSize.MEDIUM: both("中", "medium"),
    CaptionSize.LARGE: both("大", "large"),
}


def pick_take(draft: Draft, op: PickTake) -> Told:
    """Has the film use another take that there is."""
    shot = draft.shot(op.shot)
    called = draft.called(shot)
    there = next((one for one in draft.before.takes if one.shot == op.shot), None)
    if there is None:
        raise Wrong(
            both(f"{called.zh}还没有拍过。", f"{opening(called.en)} has no takes to pick from.")
        )
    if op.take > there.takes:
        raise Wrong(
            both(
                f"{called.zh}只有 {there.takes} 条，没有第 {op.take} 条。",
                f"{opening(called.en)} has {there.takes} take{'s' if there.takes > 1 else ''}, "
                f"not take {op.take}.",
            )
        )
    if op.take == draft.picks.get(op.shot, there.best):
        return both(
            f"{called.zh}用的本来就是第 {op.take} 条。",
            f"{opening(called.en)} already uses take {op.take}.",
        )
    draft.picks[op.shot] = op.take
    return both(
        f"{called.zh}改用第 {op.take} 条。", f"{opening(called.en)} now uses take {op.take}."
    )


def regenerate(draft: Draft, op: Regenerate) -> Told:
    """Has shots taken again, with a note or without; an older note stays where none is given."""
    note = op.note.strip()
    if len(note) > _LONGEST_NOTE:
        raise Wrong(
            both(
                f"重拍的意见最多 {_LONGEST_NOTE} 字。",
                f"A note has at most {_LONGEST_NOTE} letters.",
            )
        )
    shots = draft.chosen(op.shots)
    for shot in shots:
        clip = f"shots/{shot.id}/take.mp4"
        if clip in draft.pins:
            called = draft.called(shot)
            raise Wrong(
                both(
                    f"{called.zh}用的是你的 {clip}，先放开它才能重拍。",
                    f"{opening(called.en)} is your {clip}: release that first.",
                )
            )
    told: list[Told] = []
    for shot in shots:
        update = {"again": shot.again + 1, "note": note or shot.note}
        draft.put(shot.model_copy(update=update))
        if f"shots/{shot.id}/keyframe.png" in draft.pins:
            called = draft.called(shot)
            told.append(
                both(
                    f"{called.zh}的画面是你给的，仍从它拍起。",
                    f"The picture of {called.en} is yours, and it is filmed from that.",
                )
            )
    called = draft.called(*shots)
    what = both(f"{called.zh}重拍。", f"{opening(called.en)}: taken again.")
    if note:
        words = quoted_words(note)
        what = both(f"{called.zh}重拍：{words}。", f"{opening(called.en)}: taken again ({words}).")
    return joined([what, *told])


def set_music(draft: Draft, op: SetMusic) -> Told:
    """Turns the music on or off, louder or softer, or asks for another piece."""
    if op.on is None and op.louder_db is None and not op.again:
        raise Wrong(both("set_music 没有说要改什么。", "set_music does not say what is to change."))
    options = draft.options
    update: dict[str, object] = {}
    told: list[Told] = []
    if op.on is not None and op.on != options.music_on:
        update["music_on"] = op.on
        told.append(
            both("配上音乐。", "There is music.")
            if op.on
            else both("去掉音乐。", "There is no music.")
        )
    if op.louder_db is not None and op.louder_db != options.music_db:
        update["music_db"] = op.louder_db
        told.append(
            both(
                f"音乐音量为 {op.louder_db:+g} 分贝。",
                f"The music is at {op.louder_db:+g} dB from the usual.",
            )
        )
    if op.again:
        update["music_again"] = options.music_again + 1
        told.append(both("换一段同样情绪的音乐。", "Another piece in the same moods is composed."))
    draft.options = options.model_copy(update=update)
    if not told:
        return both("音乐本来就是这样。", "The music already is so.")
    if not draft.options.music_on and "music_on" not in update:
        told.append(
            both("音乐现在关着，听不到变化。", "The music is off, so that it is not heard.")
        )
    return joined(told)


def set_captions(draft: Draft, op: SetCaptions) -> Told:
    """Turns captions on or off, or sets their size."""
    if op.on is None and op.size is None:
        raise Wrong(
            both("set_captions 没有说要改什么。", "set_captions does not say what is to change.")
        )
    options = draft.options
    update: dict[str, object] = {}
    told: list[Told] = []
    if op.on is not None and op.on != options.captions_on:
        update["captions_on"] = op.on
        told.append(
            both("加上字幕。", "There are captions.")
            if op.on
            else both("去掉字幕。", "There are no captions.")
        )
    if op.size is not None and op.size is not options.caption_size:
        update["caption_size"] = op.size
        size = _SIZES[op.size]
        told.append(both(f"字幕字号改为{size.zh}。", f"Captions are {size.en}."))
    draft.options = options.model_copy(update=update)
    if not told:
        return both("字幕本来就是这样。", "Captions already are so.")
    if not draft.options.captions_on and "captions_on" not in update:
        told.append(
            both("字幕现在关着，看不到变化。", "Captions are off, so that it does not show.")
        )
    return joined(told)


def set_film(draft: Draft, op: SetFilm) -> Told:
    """Changes the title, the style, the size or the language of the film."""
    if op.title is None and op.style is None and op.size is None and op.locale is None:
        raise Wrong(both("set_film 没有说要改什么。", "set_film does not say what is to change."))
    told = [_title(draft, op), _style(draft, op), _size(draft, op), _locale(draft, op)]
    found = [one for one in told if one.en]
    return joined(found) if found else both("影片本来就是这样。", "The film already is so.")


def _title(draft: Draft, op: SetFilm) -> Told:
    title = (op.title or "").strip()
    if op.title is not None and not title:
        raise Wrong(both("片名是空的。", "The title is empty."))
    if not title or title == draft.title:
        return NOTHING
    draft.title = title[:_LONGEST_TITLE]
    return both(
        f"片名改为《{title}》，片头重做。", f'The title is "{title}"; the cards are made anew.'
    )


def _style(draft: Draft, op: SetFilm) -> Told:
    style = (op.style or "").strip()
    if op.style is None or style == draft.options.style:
        return NOTHING
    draft.options = draft.options.model_copy(update={"style": style})
    said = quoted_words(style or draft.before.storyboard.style or "-")
    return both(
        f"全片风格改为：{said}，所有镜头重拍。",
        f"The film's style is: {said}. Every shot is taken again.",
    )


def _size(draft: Draft, op: SetFilm) -> Told:
    options = draft.options
    if op.size is None or op.size == (options.width, options.height):
        return NOTHING
    width, height = op.size
    try:
        draft.options = FilmOptions.model_validate(
            {**options.model_dump(), "width": width, "height": height}
        )
    except ValidationError:
        raise Wrong(
            both(
                f"画幅 {width}x{height} 不行：宽高都要是 64 到 4096 之间的偶数。",
                f"A size of {width}x{height} is not possible: both are even, from 64 to 4096.",
            )
        ) from None
    return both(
        f"画幅改为 {width}x{height}，全片重做。",
        f"The film is {width}x{height}; all of it is made again.",
    )


def _locale(draft: Draft, op: SetFilm) -> Told:
    if op.locale is None or op.locale is draft.options.locale:
        return NOTHING
    draft.options = draft.options.model_copy(update={"locale": op.locale})
    named = [person.name for person in draft.characters if person.voice]
    told = both(
        f"影片语言改为{'中文' if op.locale == 'zh' else '英文'}，配音与字幕重做。",
        f"The film's language is {'Chinese' if op.locale == 'zh' else 'English'}; voices and "
        "captions are made anew.",
    )
    if named:
        told += both(
            f"{'、'.join(named)}的声音是按名字指定的，会换成说这种语言的。",
            f"The voices named for {', '.join(named)} give way to ones that speak it.",
        )
    return told


def release_pin(draft: Draft, op: ReleasePin) -> Told:
    """Lets a person's file no longer win."""
    if op.file not in draft.pins:
        listed = ", ".join(draft.pins) or "-"
        raise Wrong(
            both(
                f"{op.file} 没有被固定；固定着的有：{listed}。",
                f"{op.file} is not pinned; pinned are: {listed}.",
            )
        )
    draft.pins.remove(op.file)
    if op.file in ("concept.yaml", "screenplay.yaml", "storyboard.yaml"):
        # No agent writes these anew once a film is there.
        return both(
            f"放开 {op.file}：你写的留着，不再固定。",
            f"{op.file} is released: what you wrote in it stays, and is no longer pinned.",
        )
    return both(
        f"放开 {op.file}：它不再优先，由剧组重做。",
        f"{op.file} is released: it no longer wins, and the crew makes its own.",
    )
