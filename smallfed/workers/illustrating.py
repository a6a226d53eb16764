"""Illustrating: pictures become the files of custom emoji, before anybody knows of them.

The bytes are read by a child process alone, and are named by what is in them: the same picture is one file.
"""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.imaging import packs
from smallfed.imaging.emojis import LARGEST
from smallfed.imaging.naming import file_name
from smallfed.imaging.packs import Pair
from smallfed.imaging.pictures import Picture
from smallfed.runtime import files
from smallfed.runtime.aside import Aside

PLACE = Path("media") / "emojis"
TOO_LARGE = f"It is larger than {LARGEST >> 10} kB."


class Drawn(Struct, frozen=True, kw_only=True):
    """The names of the files of an emoji, below ``PLACE``."""

    picture: str
    still: str


async def draw(aside: Aside, data: Path, pictures: Sequence[bytes]) -> list[Drawn | str]:
    """Keep ``pictures`` as files of emoji in the data directory; return their names, or why one cannot be used."""
    made: dict[int, Drawn | str] = {
        number: TOO_LARGE for number, picture in enumerate(pictures) if len(picture) > LARGEST
    }
    numbers = [number for number in range(len(pictures)) if number not in made]
    for start in range(0, len(numbers), packs.MOST):
        some = numbers[start : start + packs.MOST]
        made |= zip(some, await _draw(aside, data, [pictures[number] for number in some]), strict=True)
    return [made[number] for number in range(len(pictures))]


async def _draw(aside: Aside, data: Path, pictures: Sequence[bytes]) -> list[Drawn | str]:
    try:
        outcomes = packs.result(await aside.child(packs.ENTRY, packs.request(pictures)), len(pictures))
    except Invalid as error:
        if len(pictures) == 1:
            return [error.message]
        return [made for picture in pictures for made in await _draw(aside, data, [picture])]  # one of them it was
    return [_keep(data, one) if isinstance(one, Pair) else one.message for one in outcomes]


def _keep(data: Path, pair: Pair) -> Drawn:
    return Drawn(picture=_kept(data, pair.picture), still=_kept(data, pair.still))


def _kept(data: Path, picture: Picture) -> str:
    name = file_name(picture)
    path = data / PLACE / name
    if not path.exists():
        files.keep(path, picture.data)
    return name
