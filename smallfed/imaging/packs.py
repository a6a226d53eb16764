"""Many custom emoji at once: a child process for each would cost more than the pictures.

    answer = await aside.child(packs.ENTRY, packs.request(pictures))
    for pair in packs.result(answer, len(pictures)): ...

A request is a list of pictures in MessagePack, an answer a list of ``Pair`` or ``Refused``, in the same order.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.imaging import emojis
from smallfed.imaging.entry import Refused
from smallfed.imaging.pictures import OWNER_PIXELS, Picture
from smallfed.imaging.sniffing import sniff

ENTRY = "smallfed.imaging.packs:main"
MOST = 16  # pictures in one request: what a child may cost is for all of them


class Pair(Struct, frozen=True, kw_only=True, tag=True):
    """An emoji, and how it looks where nothing may move; often these are the same."""

    picture: Picture
    still: Picture


def request(pictures: Sequence[bytes]) -> bytes:
    """Return the payload that makes ``main`` turn each of ``pictures`` into an emoji."""
    return msgspec.msgpack.encode(pictures)


def main(payload: bytes) -> bytes:
    """Do what ``payload`` asks for, and return the encoded answer. For the child process."""
    return msgspec.msgpack.encode([_made(data) for data in msgspec.msgpack.decode(payload, type=list[bytes])])


def _made(data: bytes) -> Pair | Refused:
    try:
        picture = emojis.emoji(data, max_pixels=OWNER_PIXELS)
        return Pair(picture=picture, still=emojis.still(data, max_pixels=OWNER_PIXELS))
    except SmallfedError as error:
        return Refused(message=error.message, detail=error.detail)


def result(answer: bytes, count: int) -> list[Pair | Refused]:
    """Return what became of ``count`` pictures; Invalid when that is no answer.

    A child that was taken over by a picture it read is not believed: the types must be those the bytes have.
    """
    try:
        outcomes = msgspec.msgpack.decode(answer, type=list[Pair | Refused])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("These pictures cannot be processed.", detail=f"unreadable answer: {error}") from error
    made = [picture for pair in outcomes if isinstance(pair, Pair) for picture in (pair.picture, pair.still)]
    if len(outcomes) != count or any(sniff(picture.data) != picture.media_type for picture in made):
        raise Invalid("These pictures cannot be processed.", detail="the answer is not what was asked for")
    return outcomes
