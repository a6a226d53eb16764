"""Captured documents of many servers, read in place where they lie beside the project."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from smallfed.domain.incoming import IncomingAccount, IncomingPost
from smallfed.errors import Malformed
from smallfed.protocol import jsonld
from smallfed.protocol.envelope import open_envelope
from smallfed.protocol.jsonld import Document
from smallfed.translate import inward
from tests.shared_data import shared
from tests.wire.facts import facts_of

SETS = [
    "activity-relay",
    "fedify-fixtures",
    "fep-examples",
    "ghost-snapshots",
    "granary-as2",
    "lemmy-assets",
    "mitra-docs",
    "pasture-inputs",
    "piefed",
]


def documents(value: Any) -> Iterator[dict[str, Any]]:
    """Find the documents in a file: it is one, or (as pasture's) holds many."""
    if isinstance(value, dict) and ("type" in value or "@context" in value):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from documents(inner)


def parsed(path: Path) -> Any:
    """Read a file, or nothing where it is no JSON (some examples are not)."""
    try:
        return jsonld.parse(path.read_bytes())
    except Malformed:
        return None


@pytest.mark.parametrize("name", SETS)
def test_everything_is_understood_or_refused(name: str) -> None:
    """No captured document whatever makes a reader fail."""
    files = sorted(shared(f"payloads/{name}").rglob("*.json"))
    found = [document for path in files for document in documents(parsed(path))]

    facts = [facts_of(document) for document in found]

    assert len(facts) >= 5
    assert all(facts)


def post(name: str) -> IncomingPost:
    """Read a captured object."""
    return inward.post(jsonld.read(shared(f"payloads/{name}.json").read_bytes()))


def account(name: str) -> IncomingAccount:
    """Read a captured actor."""
    return inward.account(jsonld.read(shared(f"payloads/{name}.json").read_bytes()))


@pytest.mark.parametrize(
    ("name", "username", "keys"),
    [
        ("lemmy-assets/mastodon/objects/person", "mastodon", 1),
        ("lemmy-assets/pleroma/objects/person", "lanodan", 1),
        ("lemmy-assets/peertube/objects/group", "thelinuxexperiment_channel", 1),
        ("lemmy-assets/wordpress/objects/group", "dbzer0.com", 1),
        ("lemmy-assets/mbin/objects/instance", "fedia.io", 1),
        ("lemmy-assets/friendica/objects/person_1", "jakob", 1),
        ("lemmy-assets/nodebb/objects/person", "julian", 1),
        ("lemmy-assets/discourse/objects/person", "angus", 1),
        ("lemmy-assets/mobilizon/objects/person", "sanof44", 1),
        ("fedify-fixtures/wizard.casa/users/hongminhee", "hongminhee", 2),
        ("fedify-fixtures/activitypub.academy/users/brauca_darradiul", "brauca_darradiul", 1),
    ],
)
def test_people(name: str, username: str, keys: int) -> None:
    """Actors of many servers have a name, an inbox and a key."""
    found = account(name)

    assert (found.username, len(found.keys)) == (username, keys)
    assert found.inbox.startswith("https://")


@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("lemmy-assets/lemmy/objects/page", "Page", "Post title"),
        ("lemmy-assets/peertube/objects/video", "Video", "Mesa, Wayland & X.org in trouble"),
        ("lemmy-assets/mobilizon/objects/event", "Event", ""),
        ("lemmy-assets/wordpress/objects/page", "Article", "An Epic 3D-Printed Fan Expansion for Last Light"),
        ("lemmy-assets/nodebb/objects/page", "Article", "Welcome to your NodeBB!"),
        ("lemmy-assets/friendica/objects/page_2", "Article", "From Friendica to Lemmy"),
        ("lemmy-assets/mastodon/objects/note_1", "Note", ""),
    ],
)
def test_works(name: str, kind: str, title: str) -> None:
    """What has a title shows it at the top of its content."""
    found = post(name)

    assert found.kind == kind
    assert found.title.startswith(title)
    assert (f"<h2>{found.title[:10]}" in found.content) is bool(found.title)


def test_peertube_video() -> None:
    """A captured video: its person, a page, a film of a bearable size."""
    found = post("lemmy-assets/peertube/objects/video")

    (film,) = found.attachments
    assert found.author == "https://tilvids.com/accounts/thelinuxexperiment"
    assert (film.kind, film.media_type) == ("video", "video/mp4")
    assert film.height is not None
    assert film.height <= 720
    assert film.preview_url is not None


def test_mastodon_captured_create() -> None:
    """A captured Create with a linked-data signature: door and reader agree."""
    case = msgspec.json.decode(shared("ldsig/mastodon-activitypub-academy-create.json").read_bytes())
    body = next(msgspec.json.encode(value) for value in case.values() if isinstance(value, dict) and "actor" in value)

    (kind,) = facts_of(msgspec.json.decode(body))

    assert kind == "Create"
    assert open_envelope(body).type == "Create"


def pasture(file: str) -> list[IncomingPost]:
    """Read the variants of one file of fediverse-pasture-inputs, which are parts of a Note."""
    examples = parsed(shared("payloads/pasture-inputs") / f"{file}.json")["examples"]
    note = {"type": "Note", "id": "https://a.example/notes/1", "attributedTo": "https://a.example/users/a"}
    return [inward.post(Document({**note, **example})) for example in examples if "attributedTo" not in example]


@pytest.mark.parametrize(
    "file", ["attachments", "content_warnings", "hashtags", "html_anchor", "html_bad", "html_tags", "mentions", "url"]
)
def test_pasture(file: str) -> None:
    """No variant is lost for its odd property, and none gets a script through."""
    posts = pasture(file)

    assert len(posts) >= 5
    assert all(post.author == "https://a.example/users/a" for post in posts)
    assert not any("<script" in post.content or "javascript:" in post.content for post in posts)


def test_pasture_hashtags_and_attachments() -> None:
    """Most variants mean something."""
    assert sum(bool(post.hashtags) for post in pasture("hashtags")) >= 10
    assert [len(post.attachments) for post in pasture("attachments")][:4] == [1, 1, 1, 1]
    assert [attachment.kind for post in pasture("attachments")[:4] for attachment in post.attachments] == [
        "image",
        "video",
        "audio",
        "audio",
    ]
