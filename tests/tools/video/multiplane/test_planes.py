from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nightshoot.errors import ArtifactError, InputError
from nightshoot.tools.image.shadow_play import svg
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.video.multiplane.coverage import Rect
from nightshoot.tools.video.multiplane.planes import read_picture
from nightshoot.tools.video.multiplane.rasters import flat_raster, rasterise

FRAME = (80, 120)
DEFS = '<linearGradient id="fade"><stop stop-color="#f00"/><stop offset="1"/></linearGradient>'


def painting(*planes: Plane, defs: str = DEFS) -> str:
    return svg.document(width=FRAME[0], height=FRAME[1], defs=defs, planes=planes)


def saved(folder: Path, text: str) -> Path:
    path = folder / "layers.svg"
    path.write_text(text, encoding="utf-8")
    return path


def test_planes_come_back_to_front_with_depth_and_motion(tmp_path: Path) -> None:
    sky = Plane("sky", 0, el("rect", width=10, height=10, fill="url(#fade)"))
    boat = Plane("boat", 1.25, "<g><path d='M0 0'/></g><!-- > -->", "bob 4 5")
    nothing = Plane("nothing", 2, "")
    picture = read_picture(saved(tmp_path, painting(sky, boat, nothing)))
    assert picture.frame == FRAME
    assert picture.canvas == Rect(-24, -36, 104, 156)
    assert [(plane.id, plane.depth) for plane in picture.planes] == [
        ("sky", 0.0),
        ("boat", 1.25),
        ("nothing", 2.0),
    ]
    assert picture.planes[1].ambient.arguments == (4.0, 5.0)
    assert picture.planes[0].ambient.still
    assert picture.shared == f"<defs>{DEFS}</defs>"


def test_what_a_person_added_in_an_editor_is_filmed_too(tmp_path: Path) -> None:
    text = painting(Plane("天", 0, el("rect", width=9, height=9)))
    text = text.replace("</svg>", "<!-- 注 --><title>x</title><g/><rect id='r' width='3'/></svg>")
    picture = read_picture(saved(tmp_path, text))
    assert [plane.source for plane in picture.planes[1:]] == ["<g/>", "<rect id='r' width='3'/>"]
    assert picture.planes[2].depth == 1.0
    assert picture.planes[2].ambient.still


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("</svg>", "", "not SVG"),
        ("data-frame", "data-farme", "data-frame"),
        ('data-frame="80 120"', 'data-frame="80 nan"', "data-frame"),
        ("viewBox", "viewbox", "viewBox"),
        ('data-depth="1"', 'data-depth="7"', "depth '7'"),
        ('data-motion="still"', 'data-motion="jump 3"', "no motion 'jump'"),
        ('data-motion="still"', 'data-motion="bob 3"', "needs 2 numbers"),
        ('data-motion="still"', 'data-motion="bob 3 0"', "period above 0"),
        ("<svg ", '<!DOCTYPE svg [<!ENTITY a "b">]><svg ', "entity"),
    ],
)
def test_broken_layers_are_refused_in_one_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = painting(Plane("a", 1, el("rect", width=9, height=9)))
    assert old in text
    with pytest.raises(InputError, match=said) as caught:
        read_picture(saved(tmp_path, text.replace(old, new)))
    assert "\n" not in str(caught.value)


def test_missing_layers_are_an_artifact_error(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="cannot be read"):
        read_picture(tmp_path / "none.svg")


def test_only_what_is_seen_and_painted_becomes_pixels(tmp_path: Path) -> None:
    box = Plane("box", 1, el("rect", x=10, y=20, width=30, height=40, fill="#0000ff"))
    away = Plane("away", 1, el("rect", x=-20, y=0, width=10, height=10))
    picture = read_picture(saved(tmp_path, painting(box, away)))
    seen = Rect(0, 0, *FRAME)
    raster = rasterise(picture, picture.planes[:1], seen=seen, density=1.0)
    assert raster is not None
    assert raster.pixels.shape[0] < 90
    assert raster.pixels.shape[1] < 80
    y, x = int(20 - raster.box.top), int(10 - raster.box.left)
    assert raster.pixels[y, x].tolist() == [255, 0, 0, 255]
    assert raster.pixels[y - 1, x].tolist() == [0, 0, 0, 0]
    assert int((raster.pixels[..., 3] == 255).sum()) == 30 * 40
    assert rasterise(picture, picture.planes[1:], seen=seen, density=1.0) is None


def test_pixels_are_premultiplied_and_opaque_rows_are_found(tmp_path: Path) -> None:
    veil = Plane(
        "veil", 1, el("rect", x=-24, y=-36, width=128, height=192, fill_opacity=0.5, fill="#ffffff")
    )
    floor = Plane("floor", 1, el("rect", x=-24, y=60, width=128, height=96))
    picture = read_picture(saved(tmp_path, painting(veil, floor)))
    seen = Rect(0, 0, *FRAME)
    first, second = (
        rasterise(picture, (plane,), seen=seen, density=1.0) for plane in picture.planes
    )
    assert first is not None
    assert second is not None
    assert np.unique(first.pixels).tolist() == [128]
    assert first.opaque == (0, 0)
    begin, end = second.opaque
    assert second.box.top + begin == 60
    assert second.box.top + end >= FRAME[1]


def test_flat_picture_of_another_shape_covers_the_frame(tmp_path: Path) -> None:
    import cv2

    path = tmp_path / "k.png"
    cv2.imwrite(str(path), np.full((50, 90, 3), 200, np.uint8))
    raster = flat_raster(path, FRAME)
    assert raster.box.top == pytest.approx(0)
    assert raster.box.width == pytest.approx(90 * 120 / 50)
    path.write_bytes(b"no picture")
    with pytest.raises(InputError, match="not a picture"):
        flat_raster(path, FRAME)
