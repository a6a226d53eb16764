"""Wording: what a post says, whether it is stored or has just come, as ``policy/likeness`` looks at it."""

from collections.abc import Iterable, Sequence

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.post import Post
from smallfed.policy.likeness import Said
from smallfed.store import attachments, houses, mentions, polls
from smallfed.store.tx import Tx
from smallfed.text import sanitise
from smallfed.translate import linking


def said_in(tx: Tx, post: Post, author: Account) -> Said:
    """Return what a stored post says."""
    shown = attachments.of_post(tx, post.id)
    return Said(
        text=_all(post.title, post.content, polls.titles(tx, post.id), (picture.description for picture in shown)),
        links=tuple(_links(tx, post)),
        pictures=tuple(filter(None, (picture.blurhash for picture in shown))),
        name=author.name,
    )


def said_by(incoming: IncomingPost, author: Account) -> Said:
    """Return what a post says that is not stored: the same."""
    options = () if incoming.poll is None else (option.title for option in incoming.poll.options)
    named = {mention.href for mention in incoming.mentions}
    return Said(
        text=_all(incoming.title, incoming.content, options, (picture.description for picture in incoming.attachments)),
        links=tuple(linking.pages(incoming.content, but=named)),
        pictures=tuple(filter(None, (picture.blurhash for picture in incoming.attachments))),
        name=author.name,
    )


def _all(title: str, content: str, options: Iterable[str], descriptions: Iterable[str]) -> str:
    return " ".join([title, sanitise.words(content), *options, *descriptions])


def _links(tx: Tx, post: Post) -> Sequence[str]:
    """Return where a post leads, but for people and for what is ours."""
    if "<a " not in post.content:
        return ()
    base = houses.get(tx).base + "/"
    named = {uri for account in mentions.of_post(tx, post.id) for uri in (account.uri, account.url) if uri}
    named.update(mentions.unknown(tx, post.id))
    return [page for page in dict.fromkeys(linking.pages(post.content, but=named)) if not page.startswith(base)]
