"""Smaller forms of others' pictures, made by a real child: each is its own trouble, and no answer is believed."""

from pathlib import Path

import msgspec
import pytest
from PIL import Image

from smallfed.errors import Invalid
from smallfed.imaging.attachments import preview
from smallfed.imaging.entry import Refused
from smallfed.runtime import shrinking
from smallfed.runtime.aside import Aside
from smallfed.runtime.shrinking import Order, Small
from tests.imaging.samples import RED, corners, drawn, saved

BLURRED = "UTP??:j[fQj[~qfQfQfQ-;fQfQfQWBfQfQfQ"


def ordered(folder: Path, name: str, data: bytes | None, pixels: int = 10_000) -> tuple[Order, Path]:
    source, target = folder / f"{name}.source", folder / name
    if data is not None:
        source.write_bytes(data)
    return shrinking.order(source, target, pixels=pixels, max_pixels=1_000_000), target


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*") if path.suffix != ".source")


async def made(orders: list[tuple[Order, Path]]) -> list[Small | Invalid | None]:
    answer = await Aside().child(shrinking.ENTRY, shrinking.request([order for order, _ in orders]))
    return shrinking.results(answer, [target for _, target in orders])


def small(name: str, media_type: str, *, blurhash: str = BLURRED) -> Small:
    return Small(name=name, media_type=media_type, size=1, blurhash=blurhash)


async def test_several_by_one_child(tmp_path: Path) -> None:
    """One that is broken, missing, or too large is nobody else's trouble."""
    orders = [
        ordered(tmp_path, "one", saved(drawn(400, 400), "JPEG")),
        ordered(tmp_path, "broken", saved(drawn(400, 400), "JPEG")[:300]),
        ordered(tmp_path, "missing", None),
        ordered(tmp_path, "large", saved(drawn(2000, 1000), "PNG")),
        ordered(tmp_path, "other", saved(drawn(400, 200), "PNG")),
    ]

    one, broken, missing, large, other = await made(orders)

    size, blurred = (tmp_path / "one.jpg").stat().st_size, preview(tmp_path / "one.source", pixels=10_000).blurhash
    assert one == Small(name="one.jpg", media_type="image/jpeg", size=size, blurhash=blurred)
    assert isinstance(other, Small)
    assert [type(each) for each in (broken, missing, large)] == [Invalid] * 3
    with Image.open(tmp_path / "one.jpg") as image:
        assert (image.size, corners(image)[0]) == ((100, 100), RED)
    assert written(tmp_path) == ["one.jpg", other.name]


async def test_one_by_itself(tmp_path: Path) -> None:
    (small,) = await made([ordered(tmp_path, "one", saved(drawn(400, 400), "JPEG"))])

    assert isinstance(small, Small)


@pytest.mark.parametrize(
    "told",
    [
        small("../one.jpg", "image/jpeg"),
        small("two.jpg", "image/jpeg"),
        small("one.png", "image/png"),
        small("one.jpg", "image/png"),
        small("one.webp", "image/webp"),
        small("one.jpg", "image/jpeg", blurhash="<script>"),
        Refused(message="no", detail=""),
        b"\xc1",
    ],
)
def test_who_was_taken_over_is_not_believed(tmp_path: Path, told: Small | Refused | bytes) -> None:
    (tmp_path / "one.png").write_bytes(b"<script>")
    (tmp_path / "one.jpg").write_bytes(saved(drawn(), "JPEG"))
    answer = told if isinstance(told, bytes) else msgspec.msgpack.encode(told)

    (found,) = shrinking.results(msgspec.msgpack.encode([answer]), [tmp_path / "one"])

    assert isinstance(found, Invalid)


def test_how_large_it_is_is_looked_up(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(data := saved(drawn(), "JPEG"))
    told = msgspec.msgpack.encode([msgspec.msgpack.encode(small("one.jpg", "image/jpeg")), b""])

    assert shrinking.results(told, [tmp_path / "one", tmp_path / "two"]) == [
        Small(name="one.jpg", media_type="image/jpeg", size=len(data), blurhash=BLURRED),
        None,
    ]


@pytest.mark.parametrize("answer", [b"", b"\xc1", b"\x90", msgspec.msgpack.encode([b"", b""])])
def test_answers_that_make_no_sense(tmp_path: Path, answer: bytes) -> None:
    with pytest.raises(Invalid):
        shrinking.results(answer, [tmp_path / "one"])
