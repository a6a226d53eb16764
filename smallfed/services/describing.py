"""Describing: what rules may know of who sends something, and of what is sent. Texts are made when a rule asks.

Spec: PROTOCOL §9.2.
"""

from functools import partial

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.rule import Family
from smallfed.domain.uris import host
from smallfed.policy.rules.facts import Facts
from smallfed.store import blocklist_entries, follows, houses, rules
from smallfed.store.tx import Tx
from smallfed.text.sanitise import words
from smallfed.translate.linking import pages


def sender(tx: Tx, actor: str, account: Account | None) -> Facts:
    """Return what rules may know of ``actor``; nearly nothing where there is no ``account`` of it here yet."""
    name = host(actor) or ""
    if account is None:
        return Facts(actor=actor, hosts=(name,))
    return Facts(
        actor=actor,
        handle=f"@{account.handle}",
        hosts=(account.host, name),
        followed=follows.has(tx, houses.owner_id(tx), account.id),
        known_for=tx.now - account.created_at,
        lists=_naming(tx, account),
        kinds=frozenset({account.kind.value.lower(), *(["bot"] if account.bot else [])}),
        profile=partial(_profile, account),
    )


def _profile(account: Account) -> str:
    """Return all that somebody says of themselves, with the addresses behind their links."""
    fields = [
        text for field in account.fields for text in (field.name, words(field.value), *pages(field.value, but=()))
    ]
    return "\n\n".join([account.name, words(account.note), *pages(account.note, but=()), *fields])


def _naming(tx: Tx, account: Account) -> frozenset[str]:
    """Return the lists that name somebody, where rules ask for them."""
    if not rules.book(tx).names.get(Family.LIST):
        return frozenset()
    return frozenset(name.lower() for name in blocklist_entries.naming(tx, names(account.uri, account)))


def names(actor: str, account: Account | None) -> list[str]:
    """Return the names under which lists may have somebody."""
    return [actor, *(() if account is None else (f"@{account.handle}".lower(),))]


def post(tx: Tx, incoming: IncomingPost, author: Account) -> Facts:
    """Return what rules may know of a post and of who wrote it."""
    named = {mention.href for mention in incoming.mentions}
    return structs.replace(
        sender(tx, author.uri, author),
        mentions=len(named),
        links=len(set(pages(incoming.content, but=named))),
        media=len(incoming.attachments),
        text=partial(_text, incoming),
    )


def _text(incoming: IncomingPost) -> str:
    described = [picture.description for picture in incoming.attachments]
    options = [] if incoming.poll is None else [option.title for option in incoming.poll.options]
    tags = [f"#{name}" for name in incoming.hashtags]
    return "\n\n".join([incoming.title, incoming.summary, words(incoming.content), *options, *described, *tags])
