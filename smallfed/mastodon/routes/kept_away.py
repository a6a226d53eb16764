"""Blocks, mutes, domain blocks: whom the owner keeps away.

Spec: CLIENT_API §3; https://docs.joinmastodon.org/methods/blocks/, …/mutes/, …/domain_blocks/.
"""

from smallfed.domain.account import Account
from smallfed.errors import Invalid
from smallfed.mastodon import entities
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import maybe
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.services import blocking
from smallfed.store import blocks, domain_blocks, houses, mutes
from smallfed.store.mutes import Mute
from smallfed.store.paging import Page


def register(door: Door) -> None:
    """Hang the routes."""
    door.get("/api/v1/blocks", owner("read:blocks"), blocked)
    door.get("/api/v1/mutes", owner("read:mutes"), muted)
    door.get("/api/v1/domain_blocks", owner("read:blocks"), domains)
    door.post("/api/v1/domain_blocks", owner("write:blocks"), block_domain)
    door.delete("/api/v1/domain_blocks", owner("write:blocks"), unblock_domain)


async def blocked(ask: Ask) -> object:
    """Answer with whom the owner blocks."""
    return await ask.read(_blocked, ask.page(default=40, most=80))


def _blocked(show: Presenter, page: Page) -> Part:
    found = blocks.blocked(show.tx, houses.owner_id(show.tx), page)
    return Part(items=show.accounts([person for _, person in found]), ids=[row for row, _ in found])


async def muted(ask: Ask) -> object:
    """Answer with whom the owner mutes, and until when."""
    return await ask.read(_muted, ask.page(default=40, most=80))


def _muted(show: Presenter, page: Page) -> Part:
    found: list[tuple[Mute, Account]] = mutes.muted(show.tx, page)
    shown = show.accounts([person for _, person in found])
    items = [
        entities.MutedAccount(
            **{name: getattr(account, name) for name in account.__struct_fields__},
            mute_expires_at=maybe(mute.expires_at),
        )
        for (mute, _), account in zip(found, shown, strict=True)
    ]
    return Part(items=items, ids=[mute.id for mute, _ in found])


async def domains(ask: Ask) -> object:
    """Answer with the names of blocked domains."""
    return await ask.read(_domains, ask.page(default=100, most=200))


def _domains(show: Presenter, page: Page) -> Part:
    found = domain_blocks.blocked(show.tx, page)
    return Part(items=[domain for _, domain in found], ids=[row for row, _ in found])


async def block_domain(ask: Ask) -> object:
    """Block a domain."""
    await ask.parts.db.write(blocking.block_domain, _domain(ask))
    return {}


async def unblock_domain(ask: Ask) -> object:
    """Lift the block of a domain; the name may come in the body or in the query."""
    await ask.parts.db.write(blocking.unblock_domain, _domain(ask))
    return {}


def _domain(ask: Ask) -> str:
    domain = ask.params.text("domain")
    if not domain:
        raise Invalid("domain should be the name of a server, such as example.org")
    return domain
