"""Which files are wanted in the bucket: as the configuration says, in the transaction that makes them known."""

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.custom_emoji import Arrival
from smallfed.domain.events import Event, TransferQueued
from smallfed.domain.placement import BucketInUse, Placement, Wanted
from smallfed.domain.profile import ProfileChange
from smallfed.errors import Invalid
from smallfed.services import illustrating, placing, profiles, uploading
from smallfed.services.consequences import storing
from smallfed.services.placing import Moved
from smallfed.services.uploading import Print, Small, Upload
from smallfed.store import placements
from smallfed.store.tx import Tx

BUCKET = BucketInUse(place="https://s3.example/media", public="https://cdn.example")


def follow(tx: Tx, event: Event) -> None:
    """Write down what follows for the bucket."""
    if then := storing.TABLE.get(type(event)):
        then(tx, event)


def wanted(tx: Tx) -> dict[str, str]:
    return {each.name: each.wanted.value for each in placements.after(tx, "", -1)}


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        (None, {}),
        (BUCKET, {"avatars/a.png": "both", "emojis/e.png": "both", "files/f.jpg": "bucket", "headers/h.png": "both"}),
        (
            structs.replace(BUCKET, own=Wanted.BOTH, others=Wanted.BUCKET),
            {
                "avatars/a.png": "both",
                "emojis/e.png": "both",
                "files/f.jpg": "both",
                "headers/h.png": "both",
                "remote/r.jpg": "bucket",
            },
        ),
    ],
)
def test_what_is_kept_is_wanted_as_the_owner_has_it(
    tx: Tx, events: list[Event], bucket: BucketInUse | None, expected: dict[str, str]
) -> None:
    placing.use(tx, bucket)

    names = ["files/f.jpg", "avatars/a.png", "headers/h.png", "emojis/e.png", "remote/r.jpg", "incoming/0123"]
    placing.keep(tx, names)

    assert wanted(tx) == expected
    assert events == ([TransferQueued()] if expected else [])


def test_what_an_upload_becomes_goes_there_with_its_preview(tx: Tx, owner: Account) -> None:
    tx.then = follow
    placing.use(tx, BUCKET)
    medium = uploading.take(tx, Upload(source="s", digest=b"d", thumbnail="t"))

    uploading.finish(tx, medium.id, "s", PRINT)
    uploading.illustrate(tx, medium.id, "t", structs.replace(SMALL, file="t-small.jpg"))

    assert wanted(tx) == dict.fromkeys(["files/s.jpg", "files/s-small.jpg", "files/t-small.jpg"], "bucket")


def test_what_the_owner_looks_like_goes_there_and_former_looks_go(tx: Tx, owner: Account) -> None:
    tx.then = follow
    placing.use(tx, BUCKET)

    for name in ("a", "b", "c-moves"):
        profiles.update(tx, ProfileChange(avatar=f"https://home.example/media/avatars/{name}.webp"))
    profiles.update(tx, ProfileChange(header="https://elsewhere.example/media/headers/h.png"))

    assert wanted(tx) == {
        "avatars/a.webp": "nowhere",
        "avatars/b.webp": "nowhere",
        "avatars/c-moves.webp": "both",
        "avatars/c-still.webp": "both",
    }


def test_emoji_go_there_and_stay(tx: Tx, owner: Account) -> None:
    tx.then = follow
    placing.use(tx, BUCKET)

    illustrating.take(tx, [Arrival(shortcode="blob", picture="a.webp", still="b.png")], overwrite=False)
    illustrating.remove(tx, ["blob"])

    assert wanted(tx) == {"emojis/a.webp": "both", "emojis/b.png": "both"}


@pytest.mark.parametrize("name", ["files/../../etc/passwd", "/etc/passwd", "files/", "files/.hidden", "a", "files/a/b"])
def test_only_files_of_the_media_folder_can_be_moved(tx: Tx, name: str) -> None:
    placing.use(tx, BUCKET)

    with pytest.raises(Invalid, match="no names of files"):
        placing.move(tx, ["files/f.jpg", name], "bucket")


def test_moving_takes_a_bucket(tx: Tx) -> None:
    placing.use(tx, BUCKET)
    placing.use(tx, None)

    with pytest.raises(Invalid, match=r"name it under \[s3\]"):
        placing.move(tx, ["files/f.jpg"], "bucket")
    with pytest.raises(Invalid, match=r"name it under \[s3\]"):
        placing.turn(tx, "here", "")


def test_a_migration_may_keep_what_is_here(tx: Tx) -> None:
    placing.use(tx, BUCKET)

    moved = placing.move(tx, ["files/f.jpg", "avatars/a.png", "remote/r.jpg"], "both")
    again = placing.move(tx, ["files/f.jpg", "avatars/a.png", "remote/r.jpg"], "both")

    assert (moved, again) == (2, 0)
    assert wanted(tx) == {"avatars/a.png": "both", "files/f.jpg": "both"}


def there(tx: Tx, *names: str) -> None:
    placements.put(tx, names, Wanted.BUCKET)
    for row in placements.after(tx, "", -1):
        placements.settle(tx, row, {"there": True, "size": 1, "digest": b"d", "due": None})


def test_all_of_it_is_turned_in_slices_but_what_is_to_go_goes(tx: Tx) -> None:
    placing.use(tx, BUCKET)
    there(tx, "files/a", "files/b", "files/c")
    placing.leave(tx, ["files/b"])

    last = placements.turn(tx, Wanted.HERE, after="", limit=2)
    assert last == "files/b"
    assert placing.turn(tx, "here", "files/b") == "files/c"
    assert placing.turn(tx, "here", "files/c") is None

    assert wanted(tx) == {"files/a": "here", "files/b": "nowhere", "files/c": "here"}


def test_another_bucket_is_believed_to_have_nothing(tx: Tx) -> None:
    first = placing.use(tx, BUCKET)
    there(tx, "files/a", "files/b")
    same = placing.use(tx, structs.replace(BUCKET, public=""))
    none = placing.use(tx, None)
    back = placing.use(tx, BUCKET)
    other = placing.use(tx, structs.replace(BUCKET, place="https://s3.example/other"))

    assert (first, same, none, back, other) == (Moved(), Moved(), Moved(out_of_reach=2), Moved(), Moved(doubted=2))
    assert placements.after(tx, "", -1) == [
        Placement(name=name, wanted=Wanted.BUCKET, size=1, digest=b"d", due=tx.now) for name in ("files/a", "files/b")
    ]


SMALL = Small(file="s-small.jpg", size=1, width=1, height=1)
PRINT = Print(
    file="s.jpg",
    preview=SMALL,
    kind="image",
    media_type="image/jpeg",
    size=3,
    digest=b"d",
    width=4,
    height=3,
    duration=None,
    frame_rate=None,
    bit_rate=None,
    blurhash="L",
)
