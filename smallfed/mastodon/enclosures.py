"""Enclosures: what a request says about media, its own or those of a post.

Spec: CLIENT_API §5 (media, ``media_ids[]``, ``media_attributes[]``), §13 item 20.
"""

import math

from msgspec import Struct

from smallfed.domain.medium import Retouch
from smallfed.errors import Invalid
from smallfed.pages.trees import Tree

LONGEST = 1500  # characters of a description, as Mastodon has it; shown in the instance document
MOST = 16  # of one post, whatever is configured: more than that nobody reads


class Enclosures(Struct, frozen=True, kw_only=True):
    """The media of a post by their ids, in their order, and what changes about them."""

    media: tuple[int, ...] = ()
    retouches: tuple[Retouch, ...] = ()


def read(asked: Tree) -> Enclosures:
    """Return what a request wants a post to show; Invalid."""
    media = tuple(dict.fromkeys(asked.integers("media_ids")))
    if len(media) > MOST:
        raise Invalid(f"Validation failed: Cannot attach more than {MOST} files")
    if media and asked.tree("poll"):
        raise Invalid("Validation failed: A post has either media or a poll, not both")
    retouches = tuple(found for each in asked.trees("media_attributes") if (found := _of_a_post(each)) is not None)
    return Enclosures(media=media, retouches=retouches)


def _of_a_post(asked: Tree) -> Retouch | None:
    medium = asked.integer("id")
    return None if medium is None else retouch(medium, asked)


def retouch(medium: int, asked: Tree) -> Retouch:
    """Return what a request changes about a medium; Invalid."""
    return Retouch(id=medium, description=description(asked), focus=focus(asked.text("focus")))


def description(asked: Tree) -> str | None:
    """Return the description that is asked for, None when it is to stay; Invalid when it is too long."""
    text = asked.text("description")
    if text is None:
        return None
    if len(text.strip()) > LONGEST:
        raise Invalid(f"Validation failed: Description is too long (at most {LONGEST} characters)")
    return text.strip()


def focus(text: str | None) -> tuple[float, float] | None:
    """Return the point ``x,y``, cut to what there is of a picture, None for none; Invalid."""
    if not text:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = math.nan
    if not math.isfinite(x) or not math.isfinite(y):
        raise Invalid('focus should be two numbers from -1 to 1 with a comma between them, such as "0.5,-0.25"')
    return max(-1.0, min(1.0, x)), max(-1.0, min(1.0, y))
