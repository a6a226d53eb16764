"""NodeInfo: what we say of ourselves."""

import msgspec

from smallfed.protocol import nodeinfo


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
