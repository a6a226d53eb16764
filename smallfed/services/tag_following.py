"""Following hashtags: their public posts come home, whoever wrote them, as far as we have them.

Spec: https://docs.joinmastodon.org/methods/tags/#follow; CLIENT_API §6. Nobody is told.
"""

from smallfed.errors import Invalid
from smallfed.protocol.limits import HASHTAG as LONGEST
from smallfed.store import followed_tags
from smallfed.store.tx import Tx
from smallfed.text.scan import hashtags, normal_tag

BROUGHT = 100  # posts with a hashtag newly followed that come home, as of somebody newly followed


def follow(tx: Tx, text: str) -> str:
    """Follow a hashtag and return its name; Invalid for what is none. Again, nothing happens."""
    name = clean(text)
    if followed_tags.put(tx, name):
        followed_tags.bring_home(tx, name, limit=BROUGHT)
    return name


def unfollow(tx: Tx, text: str) -> str:
    """Follow a hashtag no longer and return its name: what nothing else brought leaves home with it."""
    name = clean(text)
    if followed_tags.drop(tx, name):
        followed_tags.take_out(tx, name)
    return name


def clean(text: str) -> str:
    """Return the one spelling of a hashtag, which may be written with #; Invalid for what is none."""
    written = text.strip().removeprefix("#")
    if hashtags(f"#{written}") != [written] or len(written) > LONGEST:
        raise Invalid(f"#{written} is no hashtag")
    return normal_tag(written)
