"""NodeInfo: what we say of ourselves, and what others say."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given

from smallfed.errors import Invalid, Malformed, SmallfedError
from smallfed.protocol import nodeinfo
from smallfed.protocol.nodeinfo import Software
from tests.protocol.test_jsonld import ANY_JSON


def test_index() -> None:
    """Both versions, by their http names, and the server's own actor."""
    body = nodeinfo.index("https://us.example", application="https://us.example/actor")

    assert msgspec.json.decode(body) == {
        "links": [
            {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://us.example/nodeinfo/2.0"},
            {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": "https://us.example/nodeinfo/2.1"},
            {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": "https://us.example/actor"},
        ]
    }
    assert nodeinfo.read_index(body) == "https://us.example/nodeinfo/2.1"


def test_read_software() -> None:
    """The name is lower case, the version is whatever they say."""
    body = b'{"version": "2.0", "software": {"name": "GoToSocial", "version": "0.20.0 git-x"}}'

    assert nodeinfo.read_software(body) == Software(name="gotosocial", version="0.20.0 git-x")


@pytest.mark.parametrize(
    ("body", "kind"), [(b"", Malformed), (b"{}", Invalid), (b'{"links": [{"rel": "x"}]}', Invalid), (b"[]", Malformed)]
)
def test_refused(body: bytes, kind: type[SmallfedError]) -> None:
    """Documents without the one thing we look for are refused."""
    with pytest.raises(kind):
        nodeinfo.read_index(body)
    with pytest.raises(kind):
        nodeinfo.read_software(body)


@given(ANY_JSON)
def test_anything_is_read_or_refused(value: Any) -> None:
    """No document raises anything but Invalid."""
    body = msgspec.json.encode({"links": value, "software": value})

    with pytest.raises(Invalid):
        nodeinfo.read_index(body)
    with suppress(Invalid):
        assert nodeinfo.read_software(body).name
