"""Options: what may stay on the disk, and for how long."""

from datetime import timedelta
from typing import Annotated

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.amounts import size, span

YOUNGEST = 30  # days: what is younger may be asked for again by itself (away.days)


class Storage(Struct, frozen=True, kw_only=True):
    """What may stay on the disk, and for how long. What you wrote yourself stays for ever, whatever is set here."""

    reserve: Annotated[
        int,
        About(
            kind=size(endless=False),
            doc="How much of the disk is left free, whoever fills it. With less, others' pictures are no longer kept, "
            "only passed on; with less than half of it, uploads are refused; text is taken in until nothing is left.",
            example='"2 GB"',
        ),
    ] = 500 * 10**6
    keep_remote_posts: Annotated[
        timedelta | None,
        About(
            kind=span(least=YOUNGEST),
            doc="How long posts of people whom you do not follow are kept. What you liked, boosted, bookmarked, "
            "answered, quoted or voted in stays, what mentions you and what stands in a conversation with you, and "
            'what these posts answer or show. Or "forever".',
            example='"1 year"',
        ),
    ] = timedelta(days=90)
    keep_relayed_posts: Annotated[
        timedelta | None,
        About(
            kind=span(least=1),
            doc="How long posts are kept that are here because a relay brought them, with the same exceptions, and but "
            'for those of people whom you follow and with hashtags that you follow. Or "forever", which is as long as '
            "`keep_remote_posts`.",
            example='"30 days"',
        ),
    ] = timedelta(days=7)
    keep_followed_posts: Annotated[
        timedelta | None,
        About(
            kind=span(least=YOUNGEST),
            doc='How long posts of people whom you follow are kept, with the same exceptions. Or "forever".',
            example='"2 years"',
        ),
    ] = None
