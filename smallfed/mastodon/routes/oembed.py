"""oEmbed: a post of the owner as a piece of another page, by plain HTML without a script.

Our pages may stand in no frame (SAFETY rule 36), so the post is quoted with its words, its author and its address.

Spec: https://oembed.com; https://docs.joinmastodon.org/methods/oembed/.
"""

from html import escape

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.errors import NotFound
from smallfed.mastodon.access import OPEN
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.oembed import OEmbed
from smallfed.mastodon.presenter import Presenter
from smallfed.store import accounts, attachments, polls, posts
from smallfed.store.tx import Tx
from smallfed.text.addresses import Address, read
from smallfed.workers import storing

WIDTH, NARROWEST, WIDEST = 400, 220, 1200
CACHED = 86_400  # seconds


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/oembed", OPEN, embed)


async def embed(ask: Ask) -> OEmbed:
    """Answer a public post of ours, at most ``maxwidth`` wide; NotFound for everything else."""
    asked = ask.params
    width = min(max(asked.integer("maxwidth") or WIDTH, NARROWEST), WIDEST)
    return await ask.read(_embed, asked.text("url") or "", width, asked.integer("maxheight"))


def _embed(show: Presenter, url: str, width: int, height: int | None) -> OEmbed:
    meant = read(url)
    found = storing.find(show.tx, meant.url) if isinstance(meant, Address) else None
    post = posts.find_visible(show.tx, found.id, None) if isinstance(found, Post) and found.local else None
    if post is None or post.boost_of_id is not None:
        raise NotFound("Record not found")
    owner = accounts.owner(show.tx)
    name = owner.name or owner.username
    return OEmbed(
        title=f"New post by {name}" if post.in_reply_to is None else f"Reply by {name}",
        author_name=name,
        author_url=show.house.profile,
        provider_name=show.house.domain,
        provider_url=f"{show.house.base}/",
        cache_age=CACHED,
        html=_html(post, _more(show.tx, post), owner, show.house.profile, width, height),
        width=width,
        height=height,
    )


def _more(tx: Tx, post: Post) -> str:
    """Say what the post has that is not shown, in HTML."""
    held = len(attachments.of_post(tx, post.id))
    told = [f"{held} {'attachment' if held == 1 else 'attachments'}"] if held else []
    told += ["a poll"] if polls.find(tx, post.id) else []
    return f"<p>With {' and '.join(told)}.</p>" if told else ""


def _html(post: Post, more: str, owner: Account, profile: str, width: int, height: int | None) -> str:
    said = f"<p>{escape(post.summary)}</p>" if post.summary else post.content  # behind a warning nothing is shown
    style = f"max-width: {width}px; box-sizing: border-box; margin: 0; padding: 1em; overflow: auto"
    style += "; border: 1px solid #ccc; border-radius: 8px"
    if height is not None and height > 0:
        style += f"; max-height: {height}px"
    day = f"{post.published_at:%Y-%m-%d}"
    return (
        f'<blockquote cite="{escape(post.url or post.uri)}" style="{style}">{said}{more}'
        f'<footer>— <a href="{escape(profile)}">{escape(owner.name or owner.username)} (@{escape(owner.handle)})</a>, '
        f'<a href="{escape(post.url or post.uri)}"><time datetime="{post.published_at.isoformat()}">{day}</time></a>'
        "</footer></blockquote>"
    )
