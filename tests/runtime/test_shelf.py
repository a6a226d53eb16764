"""The shelf for ready answers: bounded, and empty after every change."""

from smallfed.domain.events import PostEdited
from smallfed.runtime.hub import Hub
from smallfed.runtime.shelf import ENTRIES, HEAVIEST, Shelf


def shelf() -> Shelf[bytes]:
    return Shelf(Hub(), len)


def test_what_is_made_is_kept_until_something_changes() -> None:
    hub = Hub()
    kept = Shelf[bytes](hub, len)
    kept.put("a", b"1", generation=kept.generation)
    found, before = kept.find("a"), kept.generation

    hub.publish([PostEdited(post=1, local=True)])
    kept.put("a", b"stale", generation=before)

    assert (found, kept.find("a")) == (b"1", None)


def test_many_pages_do_not_fill_the_memory() -> None:
    """Whoever asks for another page each time costs us so many bytes, and not more."""
    kept, page = shelf(), b"x" * (1 << 20)

    for number in range(100):
        kept.put(str(number), page, generation=0)

    left = [number for number in range(100) if kept.find(str(number)) is not None]
    assert left[-1] == 99
    assert 0 < len(left) * len(page) <= HEAVIEST


def test_nor_do_many_names() -> None:
    kept = shelf()

    for number in range(ENTRIES + 1):
        kept.put(str(number), b"", generation=0)

    assert [number for number in range(ENTRIES + 1) if kept.find(str(number)) is not None] == [ENTRIES]


def test_what_is_put_twice_weighs_once() -> None:
    kept, page = shelf(), b"x" * (HEAVIEST // 4)
    kept.put("first", b"1", generation=0)

    for _ in range(10):
        kept.put("page", page, generation=0)

    assert kept.find("first") == b"1"
