"""What the server says about itself at length: rules, texts, numbers, whom it blocks.

Spec: CLIENT_API §1; https://docs.joinmastodon.org/methods/instance/.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from smallfed.domain.domain_block import DomainBlock, Severity
from smallfed.domain.house import House
from smallfed.errors import NotFound
from smallfed.mastodon.access import OPEN, anyone
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import about, moment
from smallfed.mastodon.presenter import Presenter
from smallfed.policy.domains import obfuscated
from smallfed.store import domain_blocks, statistics
from smallfed.text.markup import render

WEEKS = 12


def register(door: Door) -> None:
    """Take the routes of this page."""
    base = "/api/v1/instance"
    door.get(f"{base}/rules", OPEN, rules)
    door.get(f"{base}/extended_description", OPEN, description)
    door.get(f"{base}/privacy_policy", OPEN, privacy)
    door.get(f"{base}/terms_of_service", OPEN, terms)
    door.get(f"{base}/terms_of_service/<date>", OPEN, terms)
    door.get(f"{base}/activity", OPEN, activity)
    door.get(f"{base}/domain_blocks", anyone("read"), blocks)
    door.get(f"{base}/languages", OPEN, languages)


def ruled(texts: Sequence[str]) -> list[about.Rule]:
    """Return the rules as entities; their numbers are their places."""
    return [about.Rule(id=str(number), text=text) for number, text in enumerate(texts, 1)]


async def rules(ask: Ask) -> list[about.Rule]:
    """Answer the rules."""
    return ruled(ask.parts.config.instance.rules)


# Texts ----------------------------------------------------------------------------------------------------------------
async def description(ask: Ask) -> about.Text:
    """Answer the long description, which may be empty."""
    return about.Text(updated_at=moment(_written(ask)), content=_html(ask.house, ask.parts.config.instance.description))


async def privacy(ask: Ask) -> about.Text:
    """Answer the privacy policy; NotFound where none is written."""
    text = _required(ask.parts.config.instance.privacy_policy)
    return about.Text(updated_at=moment(_written(ask)), content=_html(ask.house, text))


async def terms(ask: Ask, date: str | None = None) -> about.Terms:
    """Answer the terms of service, or those of a ``date``; NotFound where there are none. Former ones are not kept."""
    text, since = _required(ask.parts.config.instance.terms), _written(ask).date().isoformat()
    if date not in (None, since):
        raise NotFound("Record not found")
    return about.Terms(effective_date=since, content=_html(ask.house, text))


def _required(text: str) -> str:
    if not text.strip():
        raise NotFound("Record not found")
    return text


def _html(house: House, text: str) -> str:
    return render(text, "text/markdown", mentions={}, tag_url=house.tag_page).html


def _written(ask: Ask) -> datetime:
    """Return when the configuration was written, as far as there is a file of it; else when the house was set up."""
    file = ask.parts.config.file
    return ask.house.created_at if file is None else datetime.fromtimestamp(file.stat().st_mtime, UTC)


# Numbers --------------------------------------------------------------------------------------------------------------
async def activity(ask: Ask) -> list[about.Week]:
    """Answer what was posted in the last weeks, week by week from Monday, the newest first."""
    return await ask.read(_activity)


def _activity(show: Presenter) -> list[about.Week]:
    begun = show.house.created_at
    return [
        about.Week(
            week=str(int(week.first.timestamp())),
            statuses=str(week.posts),
            logins=str(int(week.posts > 0)),
            registrations=str(int(week.first <= begun < week.end)),
        )
        for week in statistics.weeks(show.tx, WEEKS)
    ]


async def blocks(ask: Ask) -> list[about.BlockedDomain]:
    """Answer the domains that are limited or blocked here, to whom the owner lets read them; NotFound to others."""
    if ask.viewer is None and ask.parts.config.instance.domain_blocks != "everybody":
        raise NotFound("Record not found")
    return await ask.parts.db.long_read(lambda tx: list(map(_blocked, domain_blocks.every_public(tx))))


def _blocked(known: DomainBlock) -> about.BlockedDomain:
    return about.BlockedDomain(
        domain=obfuscated(known.domain) if known.obfuscate else known.domain,
        digest=sha256(known.domain.encode()).hexdigest(),
        severity="suspend" if known.severity is Severity.SUSPEND else "silence",
        comment=known.public_comment,
    )


async def languages(ask: Ask) -> list[about.Language]:
    """Answer the languages in which something can be posted here: every one that has two letters."""
    from smallfed.text.languages import NAMES

    return [about.Language(code=code, name=name) for code, name in NAMES.items()]
