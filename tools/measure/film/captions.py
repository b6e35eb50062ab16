"""The captions of a film as the cut places them, for the measures that read them."""

from __future__ import annotations

from nightshoot.domain.cut import Caption, Cut


def placed(cut: Cut) -> tuple[Caption, ...]:
    """Gives the captions of all clips in frames of the film, by their beginning.

    Unlike `parts.film_captions`, which never shows two at a time, they are as they were asked for.
    """
    captions = (
        caption.model_copy(update={"start": start + caption.start, "end": start + caption.end})
        for clip, start in zip(cut.clips, cut.starts, strict=True)
        for caption in clip.captions
    )
    return tuple(sorted(captions, key=lambda caption: (caption.start, caption.end)))


def quoted(caption: Caption) -> str:
    """Gives the beginning of a caption's words, for a note."""
    text = " ".join(caption.text.split())
    return text if len(text) <= 24 else text[:23] + "…"
