"""Reporting: whose complaints are kept.

Spec: PROTOCOL §4.6 (Flag: anybody, and proof of nothing), §9.1; SAFETY rules 15, 16.
"""

from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused

LONGEST_OWN = 1000  # characters of the owner's own comment, as Mastodon
MOST_POSTS = 100  # that the owner's complaint names
MOST_HOSTS = 50  # that are told of it
A_DAY = 20  # complaints that are kept in a day, of all servers that one registered domain has


def may_report(*, lately: int, blocked: bool) -> Refused | None:
    """Judge whether a complaint is kept; ``lately``: how many of its domain were kept within a day."""
    if blocked:
        return Refused("The owner has blocked whoever complains.")
    if lately >= A_DAY:
        return Refused(f"{A_DAY} complaints of one domain in a day are enough.")
    return None


def may_name(visibility: Visibility, *, concerned: bool) -> bool:
    """Whether a complaint may be about a post of the owner: ``concerned``, somebody of that server was sent it.

    Others have no business with a post that is not public, nor shall they find out whether there is one.
    """
    return visibility.is_open or concerned


def may_pass_on(post: Post, answered: int) -> bool:
    """Whether the server of an account hears of a reported post too: everybody may see it, or it answers that account.

    Of what was said to others it shall not hear.
    """
    return post.visibility.is_open or post.in_reply_to_account_id == answered
