"""Changes of a data set of FIRES: whoever follows them knows at their end what its snapshot says."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode

from smallfed.domain.blocklist import Changed, Dropped, Entry
from smallfed.domain.domain_block import Severity
from smallfed.errors import Invalid
from smallfed.translate.blocklists import changed, page, read
from smallfed.translate.blocklists.fires import MOST_CHANGES

CHANGES = "https://fires.example/datasets/1/changes"
Json = dict[str, Any]


def change(number: int, name: str, policy: str = "drop", *filters: str, kind: str = "domain", type_: str = "") -> Json:
    """Return a change, as their server writes it."""
    about = {"id": f"{CHANGES}/{number}", "entityKind": kind, "entityKey": name, "published": "2026-11-26T12:00:00Z"}
    if type_ == "Retraction":
        return about | {"type": type_}
    said = {"recommendedPolicy": policy, "recommendedFilters": filters, "labels": []}
    return about | said | {"type": type_ or "Recommendation"}


def paged(changes: Sequence[Json], **said: object) -> bytes:
    """Return a page of these."""
    return encode({"type": "OrderedCollectionPage", "orderedItems": changes, **said})


def test_the_last_word_on_each_counts() -> None:
    """What is said of others stays as it is; what says nothing of use is counted, with the reason."""
    first = page(
        paged(
            [
                change(1, "bad.example"),
                change(2, "loud.example", "reject"),
                change(3, "https://bad.example/users/eve", kind="actor"),
                change(4, "spam.example", kind="EmailDomain"),
                change(5, "seen.example"),
                change(6, "com"),
                change(7, "home.example"),
            ],
            next=f"{CHANGES}?since=7",
        )
    )
    second = page(
        paged(
            [
                change(8, "LOUD.example", "filter", "auto-unlisted"),
                change(9, "bad.example", kind="Domain", type_="Retraction"),
                change(10, "seen.example", type_="Advisory"),
                change(11, "back.example", type_="Retraction"),
                change(12, "back.example"),
                change(13, "kind.example", "accept"),
            ]
        )
    )

    found = changed([*first.said, *second.said], ours=("home.example",))

    assert (first.next, second.next) == (f"{CHANGES}?since=7", None)
    assert found == Changed(
        entries=(
            Entry(subject="loud.example", severity=Severity.SILENCE),
            Entry(subject="https://bad.example/users/eve"),
            Entry(subject="back.example"),
        ),
        ended=("bad.example", "seen.example", "home.example", "kind.example"),
        dropped=(
            Dropped(reason="it is about neither a server nor somebody", count=1, examples=("spam.example",)),
            Dropped(reason="it is a whole top-level domain", count=1, examples=("com",)),
            Dropped(reason="it is a notice, and recommends nothing", count=1, examples=("seen.example",)),
            Dropped(reason="it is where you live", count=1, examples=("home.example",)),
            Dropped(reason="it recommends to keep nothing away", count=1, examples=("kind.example",)),
        ),
    )


NAMES = st.sampled_from(["a.example", "b.example", "c.example"])
WORDS = st.sampled_from(
    [("drop", ""), ("filter", ""), ("accept", ""), ("drop", "Advisory"), ("", "Retraction"), ("reject", "")]
)


@given(st.lists(st.tuples(NAMES, WORDS), max_size=12), st.integers(0, 12), st.integers(1, 4))
def test_who_follows_it_knows_what_the_snapshot_says(
    said: list[tuple[str, tuple[str, str]]], since: int, size: int
) -> None:
    """Whenever it was read, and however many changes are on a page."""
    changes = [change(number, name, policy, type_=type_) for number, (name, (policy, type_)) in enumerate(said)]

    known = snapshot(changes[:since])
    for start in range(since, len(changes), size):
        found = changed(page(paged(changes[start : start + size])).said)
        known = {subject: entry for subject, entry in known.items() if subject not in found.ended}
        known |= {entry.subject: entry for entry in found.entries}

    assert known == snapshot(changes)


def snapshot(changes: Sequence[Json]) -> dict[str, Entry]:
    """Return what their snapshot comes to: the latest change of each subject, the newest first."""
    latest = {one["entityKey"]: one for one in changes}
    items = sorted(latest.values(), key=lambda one: str(one["id"]), reverse=True)
    with suppress(Invalid):  # it names nobody
        return {entry.subject: entry for entry in read(encode({"type": "Collection", "orderedItems": items})).entries}
    return {}


@pytest.mark.parametrize(
    "document",
    [
        paged(
            [change(1, "a.example"), {"id": f"{CHANGES}/2", "type": "Tombstone", "published": "2026-11-26T12:00:00Z"}]
        ),
        paged([{"id": f"{CHANGES}/2", "type": "Retraction", "published": "2026-11-26T12:00:00Z"}]),
        paged([{"type": "Retraction", "entityKey": "a.example"}]),
        paged([change(number, "a.example") for number in range(MOST_CHANGES + 1)]),
        paged([change(1, "a.example"), 7]),  # type: ignore[list-item]
        paged([change(1, "a.example"), change(2, "b.example")], next=f"{CHANGES}?since=3"),
        encode({"type": "OrderedCollection", "totalItems": 9, "first": f"{CHANGES}?since=0"}),
        encode({"type": "Dataset"}),
        encode({"error": "Malformed request"}),
        b"[]",
        b"<html>",
        b"\xff",
        b"[" * 5000,
    ],
)
def test_what_does_not_say_all_is_not_followed(document: bytes) -> None:
    """A change that is gone, or does not say about whom it was; a page after which some would be left out; no page."""
    with pytest.raises(Invalid):
        page(document)


@pytest.mark.parametrize(
    ("said", "next_"),
    [
        ({"next": f"{CHANGES}?since=2"}, f"{CHANGES}?since=2"),
        ({"next": f"{CHANGES}?page=2"}, f"{CHANGES}?page=2"),
        ({"next": "javascript:alert(1)"}, None),
        ({"next": {"href": CHANGES}}, None),
        ({}, None),
    ],
)
def test_where_it_goes_on(said: Json, next_: str | None) -> None:
    """Where that is an address."""
    assert page(paged([change(1, "a.example"), change(2, "b.example")], **said)).next == next_


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
WILD = st.fixed_dictionaries(
    {"type": st.just("OrderedCollectionPage")},
    optional={
        "next": JSON,
        "items": JSON,
        "orderedItems": st.lists(
            JSON
            | st.fixed_dictionaries(
                {
                    "type": st.sampled_from(["Recommendation", "Retraction"]),
                    "entityKind": st.sampled_from(["domain", "actor"]),
                    "entityKey": st.sampled_from(["a.example", "https://a.example/users/eve"]) | st.text(),
                    "recommendedPolicy": st.sampled_from(["drop", "filter"]),
                    "recommendedFilters": JSON | st.lists(JSON, max_size=2),
                    "labels": JSON | st.lists(JSON, max_size=2),
                    "comment": JSON,
                },
            ),
            max_size=4,
        ),
    },
)


@given(st.binary(max_size=100) | WILD.map(encode))
def test_nothing_breaks_it(data: bytes) -> None:
    """Whatever stands there, it is a page or it is said why not."""
    with suppress(Invalid):
        assert all(entry.subject for entry in changed(page(data).said).entries)


def test_a_snapshot_says_where_its_changes_are() -> None:
    """And other lists say nothing of the kind."""
    plain = {"type": "Collection", "orderedItems": [change(1, "bad.example")]}

    assert read(encode(plain | {"changes": f"{CHANGES}?since=1"})).onward == f"{CHANGES}?since=1"
    for other in (
        plain,
        plain | {"changes": "javascript:alert(1)"},
        plain | {"changes": [1]},
        [{"domain": "a.example"}],
    ):
        assert read(encode(other)).onward is None


def test_a_data_set_says_itself_whether_it_names_people() -> None:
    """Whatever it named before; labels are known by their names, too, and comments are kept, where these are given."""
    label = {"id": "https://fires.example/labels/1", "type": "Label", "name": "Spam"}
    people = [change(1, "https://bad.example/users/eve", kind="actor") | {"labels": [label, label["id"] + "2"]}]
    people[0]["comment"] = "It writes\nto everybody"

    eve = read(encode({"type": "Collection", "orderedItems": people}))
    both = read(encode({"type": "Collection", "orderedItems": [*people, change(2, "bad.example")]}), people=True)

    assert (eve.people, both.people) == (True, False)
    assert eve.entries[0].labels == ("https://fires.example/labels/1", "Spam", "https://fires.example/labels/12")
    assert eve.entries[0].comment == "It writes to everybody"
    assert "spam" in eve.entries[0].says


@pytest.mark.parametrize("odd", [[[]], [{}], {}, 7, None, [None, {"id": []}], {"id": {}, "name": 1}])
@pytest.mark.parametrize("where", ["labels", "recommendedFilters", "comment"])
def test_what_is_said_besides_in_odd_forms_is_left_out(where: str, odd: object) -> None:
    """And what is recommended counts."""
    said = change(1, "a.example", "filter") | {where: odd}

    (entry,) = changed(page(paged([said])).said).entries

    assert entry == Entry(subject="a.example", severity=Severity.SILENCE)
    assert read(encode({"type": "Collection", "orderedItems": [said]})).entries == (entry,)


def test_of_several_data_sets_one_is_to_be_chosen() -> None:
    """They are named, with where they are."""
    sets = [{"type": "Dataset", "id": f"https://fires.example/datasets/{n}", "name": f"List {n}"} for n in (1, 2)]

    with pytest.raises(Invalid, match="where data sets are listed") as caught:
        read(encode({"type": "Collection", "items": sets}))

    assert "List 2 (https://fires.example/datasets/2)" in caught.value.message


@pytest.mark.parametrize(
    ("filters", "entry"),
    [
        ((), Entry(subject="a.example", severity=Severity.SILENCE)),
        (("auto-cw",), Entry(subject="a.example", severity=Severity.SILENCE)),
        (
            ("https://fires.fedimod.org/filters#reject-media",),
            Entry(subject="a.example", severity=Severity.NOOP, reject_media=True),
        ),
        (
            ("reject-profile-media", "reject-signups"),
            Entry(subject="a.example", severity=Severity.NOOP, reject_media=True),
        ),
        (
            ("reject-profile-avatars", "auto-unlisted"),
            Entry(subject="a.example", severity=Severity.SILENCE, reject_media=True),
        ),
        (("ignore-reports", "reject-reports"), Entry(subject="a.example", severity=Severity.NOOP, reject_reports=True)),
        (("something-new",), Entry(subject="a.example", severity=Severity.SILENCE)),
        (("reject-signups", "reject-moderation-notes"), None),
    ],
)
def test_what_filters_mean(filters: tuple[str, ...], entry: Entry | None) -> None:
    """What we do exactly is done, and no more; of what we do not know the limit is the nearest."""
    found = changed(page(paged([change(1, "a.example", "filter", *filters)])).said)

    assert found.entries == (() if entry is None else (entry,))
