"""Limiting: whom the owner comes across of those on servers that the owner has limited.

The same in SQL is ``store/visibility.met``. It is asked whenever something is read, and nothing that is stored says it,
so lifting a limit restores everything.

Spec: https://docs.joinmastodon.org/admin/moderation/#limit-server.
"""

from collections.abc import Collection

from msgspec import Struct

from smallfed.policy.domains import covered


class Person(Struct, frozen=True, kw_only=True):
    """Somebody: ``hosts`` are those of the handle and of the id. ``unwanted``: muted, blocked, or suspended."""

    hosts: Collection[str]
    followed: bool = False
    unwanted: bool = False


def is_limited(person: Person, domains: Collection[str]) -> bool:
    """Whether somebody lives on one of ``domains``, which are limited, or below one."""
    return any(covered(host, domains) for host in person.hosts)


def is_met(person: Person, domains: Collection[str]) -> bool:
    """Whether the owner may come across somebody where nobody in particular was asked for.

    That is in public, under hashtags and pages, in trends and suggestions, by searching posts. Whom the owner follows
    is no stranger.
    """
    return not person.unwanted and (person.followed or not is_limited(person, domains))
