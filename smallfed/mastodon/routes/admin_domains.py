"""Moderation of servers: domain blocks and allows; and the lists for servers with registrations, which stay empty.

Spec: https://docs.joinmastodon.org/methods/admin/domain_blocks/, …/domain_allows/, …/email_domain_blocks/,
…/ip_blocks/, …/canonical_email_blocks/.
"""

from smallfed.domain.domain_block import Severity
from smallfed.errors import Invalid, NotFound
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask, Handler
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.moderation import AdminDomainAllow, AdminDomainBlock
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenting.moderation import domain_allow, domain_block
from smallfed.mastodon.replying import Part
from smallfed.pages.trees import Tree
from smallfed.services import moderating
from smallfed.services.moderating import Wish
from smallfed.store import domain_allows, domain_blocks

BLOCKS, ALLOWS = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"
LONGEST = 2000  # characters of a comment

NOBODY_JOINS = {
    "email_domain_blocks": "Nobody can join this server: there are no addresses of mail to block",
    "ip_blocks": "Nobody can join this server: whom machines may reach is the business of its firewall",
    "canonical_email_blocks": "Nobody can join this server: there are no addresses of mail to block",
}


def register(door: Door) -> None:
    """Take the routes of this page."""
    read, write = owner("admin:read:domain_blocks"), owner("admin:write:domain_blocks")
    door.get(BLOCKS, read, blocks)
    door.post(BLOCKS, write, block)
    door.get(f"{BLOCKS}/<number>", read, one_block)
    door.put(f"{BLOCKS}/<number>", write, change)
    door.delete(f"{BLOCKS}/<number>", write, lift)
    read, write = owner("admin:read:domain_allows"), owner("admin:write:domain_allows")
    door.get(ALLOWS, read, allows)
    door.post(ALLOWS, write, allow)
    door.get(f"{ALLOWS}/<number>", read, one_allow)
    door.delete(f"{ALLOWS}/<number>", write, disallow)
    for name, why in NOBODY_JOINS.items():
        path, read, write = f"/api/v1/admin/{name}", owner(f"admin:read:{name}"), owner(f"admin:write:{name}")
        door.get(path, read, none)
        door.post(path, write, _refused(why))
        door.get(f"{path}/<number>", read, missing)
        door.put(f"{path}/<number>", write, missing)
        door.delete(f"{path}/<number>", write, missing)
    door.post("/api/v1/admin/canonical_email_blocks/test", owner("admin:read:canonical_email_blocks"), none)


# Blocks ---------------------------------------------------------------------------------------------------------------
async def blocks(ask: Ask) -> Part:
    """Answer what holds for domains, newest first."""
    page = ask.page(default=100, most=200)
    found = await ask.parts.db.read(domain_blocks.newest, page)
    return Part(items=list(map(domain_block, found)), ids=[one.id for one in found])


async def one_block(ask: Ask, number: str) -> AdminDomainBlock:
    """Answer what holds for one domain."""
    return domain_block(await ask.parts.db.read(domain_blocks.get, identifier(number)))


async def block(ask: Ask) -> AdminDomainBlock:
    """Let something hold for a domain."""
    return domain_block(await ask.parts.db.write(moderating.block, _domain(ask.params), _wish(ask.params)))


async def change(ask: Ask, number: str) -> AdminDomainBlock:
    """Change what holds for a domain; what is not said stays as it is."""
    return domain_block(await ask.parts.db.write(moderating.change, identifier(number), _wish(ask.params)))


async def lift(ask: Ask, number: str) -> dict[str, str]:
    """Let nothing hold for a domain any more."""
    await ask.parts.db.write(moderating.lift, identifier(number))
    return {}


def _domain(asked: Tree) -> str:
    domain = asked.text("domain")
    if not domain:
        raise Invalid("Validation failed: Domain can't be blank")
    return domain


def _wish(asked: Tree) -> Wish:
    return Wish(
        severity=_severity(asked),
        reject_media=asked.flag("reject_media"),
        reject_reports=asked.flag("reject_reports"),
        private_comment=_comment(asked, "private_comment"),
        public_comment=_comment(asked, "public_comment"),
        obfuscate=asked.flag("obfuscate"),
        no_relay=asked.flag("no_relay"),
        mute=asked.flag("mute"),
    )


def _severity(asked: Tree) -> Severity | None:
    word = asked.text("severity")
    try:
        return Severity(word) if word else None
    except ValueError as why:
        raise Invalid("severity should be suspend, silence or noop") from why


def _comment(asked: Tree, name: str) -> str | None:
    text = asked.text(name)
    if text is not None and len(text) > LONGEST:
        raise Invalid(f"{name} should have at most {LONGEST} characters")
    return text


# Allows ---------------------------------------------------------------------------------------------------------------
async def allows(ask: Ask) -> Part:
    """Answer the domains that are let in whatever lists and the mode of the house say, newest first."""
    found = await ask.parts.db.read(domain_allows.newest, ask.page(default=100, most=200))
    return Part(items=list(map(domain_allow, found)), ids=[one.id for one in found])


async def one_allow(ask: Ask, number: str) -> AdminDomainAllow:
    """Answer one of them."""
    return domain_allow(await ask.parts.db.read(domain_allows.get, identifier(number)))


async def allow(ask: Ask) -> AdminDomainAllow:
    """Allow a domain."""
    return domain_allow(await ask.parts.db.write(moderating.allow, _domain(ask.params)))


async def disallow(ask: Ask, number: str) -> dict[str, str]:
    """Allow a domain no longer."""
    await ask.parts.db.write(moderating.disallow, identifier(number))
    return {}


# What only servers with registrations have ----------------------------------------------------------------------------
async def none(_ask: Ask) -> list[object]:
    """Answer that there are none."""
    return []


async def missing(_ask: Ask, number: str) -> object:
    """Answer that there is no such thing."""
    raise NotFound("Record not found", detail=number)


def _refused(why: str) -> Handler:
    async def handler(_ask: Ask) -> object:
        raise Invalid(why)

    return handler
