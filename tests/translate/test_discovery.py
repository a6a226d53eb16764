"""How others discover the house."""

import msgspec
import pytest

from smallfed.domain.house import House
from smallfed.errors import Malformed, NotFound, SmallfedError
from smallfed.protocol import hostmeta, webfinger
from smallfed.protocol.nodeinfo import Software
from smallfed.translate import discovery
from tests.translate.samples import DAY, HOUSE

BASE = "https://social.example.org"
OWNER = "acct:alice@example.org"
SERVER = "acct:social.example.org@social.example.org"


@pytest.mark.parametrize(
    ("resource", "subject"),
    [
        ("acct:alice@example.org", OWNER),
        ("acct:alice@social.example.org", OWNER),
        ("acct:ALICE@Example.Org", OWNER),
        ("acct:@alice@example.org", OWNER),
        (f"{BASE}/users/alice", OWNER),
        (f"{BASE}/@alice", OWNER),
        (f"{BASE}/@alice/", OWNER),
        (BASE, SERVER),
        (f"{BASE}/", SERVER),
        (f"{BASE}/actor", SERVER),
        ("acct:social.example.org@social.example.org", SERVER),
    ],
)
def test_who(resource: str, subject: str) -> None:
    """All forms of a resource lead to one subject, which has our own actor."""
    found = discovery.find(HOUSE, resource)

    assert found.subject == subject
    actor = HOUSE.actor if subject == OWNER else HOUSE.instance_actor
    assert webfinger.read_jrd(found.encode()).actor == actor


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("", Malformed),
        ("alice@example.org", Malformed),
        ("=acct:alice@example.org", Malformed),
        ("acct:", Malformed),
        ("acct:alice", Malformed),
        ("mailto:alice@example.org", Malformed),
        ("https:", Malformed),
        ("acct:bob@example.org", NotFound),
        ("acct:alice@other.example", NotFound),
        (f"{BASE}/users/bob", NotFound),
        ("https://other.example/", NotFound),
    ],
)
def test_nobody(resource: str, kind: type[SmallfedError]) -> None:
    """What is no resource is told apart from nobody of that name."""
    with pytest.raises(kind):
        discovery.find(HOUSE, resource)


def test_owner_answer() -> None:
    """The whole answer."""
    found = discovery.find(HOUSE, OWNER, avatar=f"{BASE}/avatar.png")

    assert msgspec.json.decode(found.encode()) == {
        "subject": OWNER,
        "aliases": [f"{BASE}/users/alice", f"{BASE}/@alice"],
        "links": [
            {"rel": "self", "type": "application/activity+json", "href": f"{BASE}/users/alice"},
            {
                "rel": "self",
                "type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
                "href": f"{BASE}/users/alice",
            },
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": f"{BASE}/@alice"},
            {"rel": "http://webfinger.net/rel/avatar", "href": f"{BASE}/avatar.png"},
            {
                "rel": "http://ostatus.org/schema/1.0/subscribe",
                "template": f"{BASE}/authorize_interaction?uri={{uri}}",
            },
            *(
                {
                    "rel": f"https://w3id.org/fep/3b86/{name}",
                    "template": "https://social.example.org/authorize_interaction?uri={object}",
                }
                for name in ("Object", "Follow", "Like", "Announce")
            ),
        ],
    }


def test_rel_filters_links() -> None:
    """Who asks for one relation gets that one only."""
    found = discovery.find(HOUSE, OWNER, rels=["http://webfinger.net/rel/profile-page"])

    assert [link.href for link in found.links] == [f"{BASE}/@alice"]


def test_trial_house_with_a_port() -> None:
    """On localhost the port is part of every handle, but of no name."""
    house = House(
        scheme="http",
        domain="localhost:8420",
        account_domain="localhost:8420",
        username="me",
        trial=True,
        created_at=DAY,
    )

    assert discovery.find(house, "acct:me@localhost:8420").subject == "acct:me@localhost:8420"
    assert discovery.find(house, "acct:localhost@localhost:8420").subject == "acct:localhost@localhost:8420"


def test_host_meta() -> None:
    """Both forms name the same template."""
    template = f"{BASE}/.well-known/webfinger?resource={{uri}}"

    assert hostmeta.read_template(discovery.host_meta(HOUSE)) == template
    assert hostmeta.read_template(discovery.host_meta_json(HOUSE)) == template


def test_node() -> None:
    """2.1 says more about the software than 2.0; both help megalodon."""
    software = Software(name="smallfed", version="1.2.3", repository="https://code.example/smallfed")

    new = discovery.node(HOUSE, "2.1", software=software, posts=7, active=True, description="mine")
    old = discovery.node(HOUSE, "2.0", software=software, posts=7, active=True, description="mine")

    assert msgspec.json.decode(new.encode()) == {
        "version": "2.1",
        "software": {"name": "smallfed", "version": "1.2.3", "repository": "https://code.example/smallfed"},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {"total": 1, "activeMonth": 1, "activeHalfyear": 1}, "localPosts": 7},
        "metadata": {
            "nodeName": "example.org",
            "nodeDescription": "mine",
            "staffAccounts": [f"{BASE}/users/alice"],
            "federation": {"enabled": True},
            "upstream": {"name": "mastodon", "version": "4.5.0"},
        },
    }
    assert msgspec.json.decode(old.encode())["software"] == {"name": "smallfed", "version": "1.2.3"}
