"""Who is believed about a page: what the author of a post attaches to it as a preview is only a claim.

A preview that anybody could write would put words into the mouth of every newspaper. So the page itself is asked, by
each server once, unless the claim comes from the very host of the page: that one says the same to whoever asks it.
Blogs and magazines that speak ActivityPub are those to whom a link is heaviest, and they need not be asked at all.

Spec: FEP-8967 (consumers that do not trust the publisher generate their own preview).
"""

from smallfed.domain.uris import host


def speaks_for(author: str, page: str) -> bool:
    """Whether the server of the actor ``author`` may say what stands on ``page``: both are on one host.

    A leading ``www.`` counts for nothing; a subdomain may be somebody else's.
    """
    theirs, there = host(author), host(page)
    return theirs is not None and there is not None and _bare(theirs) == _bare(there) and page.startswith("https://")


def _bare(name: str) -> str:
    return name.removeprefix("www.")
