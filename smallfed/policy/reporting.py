"""Reporting: whose complaints are kept.

Spec: PROTOCOL §4.6 (Flag: anybody, and proof of nothing), §9.1; SAFETY rules 15, 16.
"""

from smallfed.domain.post import Visibility
from smallfed.domain.refused import Refused

LONGEST_OWN = 1000  # characters of the owner's own comment, as Mastodon
MOST_POSTS = 100  # that the owner's complaint names
A_DAY = 20  # complaints of one server that are kept in a day


def may_report(*, lately: int, blocked: bool) -> Refused | None:
    """Judge whether a complaint is kept; ``lately``: how many of that server were kept within a day."""
    if blocked:
        return Refused("The owner has blocked whoever complains.")
    if lately >= A_DAY:
        return Refused(f"{A_DAY} complaints of one server in a day are enough.")
    return None


def may_name(visibility: Visibility, *, concerned: bool) -> bool:
    """Whether a complaint may be about a post of the owner: ``concerned``, somebody of that server was sent it.

    Others have no business with a post that is not public, nor shall they find out whether there is one.
    """
    return visibility.is_open or concerned
