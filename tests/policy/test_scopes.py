"""Scopes: which are known, and what is enough for what."""

import pytest

from smallfed.errors import Invalid
from smallfed.policy import scopes


@pytest.mark.parametrize(
    ("granted", "needed", "enough"),
    [
        ("read", "read", True),
        ("read", "read:accounts", True),
        ("read:accounts", "read", False),
        ("read:accounts", "read:statuses", False),
        ("read", "write:statuses", False),
        ("write", "write:statuses", True),
        ("write", "read:statuses", False),
        ("follow", "read:blocks", True),
        ("follow", "write:follows", True),
        ("follow", "write:mutes", True),
        ("follow", "read:accounts", False),
        ("write:follows", "follow", False),
        ("push", "push", True),
        ("read write follow", "push", False),
        ("profile", "profile", True),
        ("read", "profile", True),
        ("read:accounts", "profile", True),
        ("profile", "read:accounts", False),
        ("write", "profile", False),
        ("admin:read", "admin:read:accounts", True),
        ("admin:read:accounts", "admin:read", False),
        ("admin:write", "admin:read:accounts", False),
        ("read", "admin:read", False),
        ("read write", "admin:read:accounts", False),
        ("", "read", False),
    ],
)
def test_what_is_enough_for_what(granted: str, needed: str, enough: bool) -> None:
    assert scopes.covers(granted.split(), needed) is enough


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("write read", ("write", "read")),
        (" read\n read  read:accounts ", ("read", "read:accounts")),
        ("", ("read",)),
        ("admin:write:domain_blocks", ("admin:write:domain_blocks",)),
    ],
)
def test_scopes_are_kept_as_asked(text: str, parsed: tuple[str, ...]) -> None:
    assert scopes.parse(text) == parsed


@pytest.mark.parametrize("text", ["everything", "read:everything", "READ", "read,write", "admin"])
def test_an_unknown_scope_is_named(text: str) -> None:
    with pytest.raises(Invalid, match="there is no scope"):
        scopes.parse(f"read {text}")


def test_everything_asked_must_be_granted() -> None:
    assert scopes.all_covered(["read", "follow"], ["read:lists", "write:mutes"])
    assert not scopes.all_covered(["read", "follow"], ["read:lists", "write:lists"])


def test_every_scope_has_a_meaning_of_its_own() -> None:
    meanings = [scopes.meaning(scope) for scope in scopes.ALL]

    assert len(set(meanings)) == len(scopes.ALL)
    assert not set(meanings) & set(scopes.ALL)
