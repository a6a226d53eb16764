"""Announcing: the owner notes something for all apps, and the house says what the owner should know.

What the house says is about a state of it, by a key: as long as the state lasts it is said once, and it is taken back
when the state is over.

Spec: https://docs.joinmastodon.org/methods/announcements/.
"""

from datetime import datetime

from smallfed.domain.announcement import Announcement
from smallfed.domain.events import AnnouncementGone, AnnouncementMade, AnnouncementReacted
from smallfed.errors import Invalid
from smallfed.services.liking import named
from smallfed.store import accounts, announcements, emojis, houses, ids
from smallfed.store.tx import Tx
from smallfed.text.emoji import is_emoji
from smallfed.text.markup import Mentioned, mentioned, render

LONGEST = 5000  # characters
MOST_REACTIONS = 8


def announce(
    tx: Tx,
    text: str,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    all_day: bool = False,
    key: str | None = None,
) -> Announcement:
    """Tell the owner's apps something, in Markdown; Invalid when it is nothing, too long, or over before it begins."""
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(f"an announcement has 1 to {LONGEST} characters")
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise Invalid("it would end before it begins")
    if all_day and starts_at is None:
        raise Invalid("what takes all day has a day on which it starts")
    made = Announcement(
        id=ids.fresh(tx, "announcements"),
        text=text,
        content=_html(tx, text),
        key=key,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        published_at=tx.now,
        updated_at=tx.now,
    )
    announcements.put(tx, made)
    tx.announce(AnnouncementMade(announcement=made.id))
    return made


def _html(tx: Tx, text: str) -> str:
    known: dict[str, Mentioned] = {}
    house = houses.get(tx)
    for handle in mentioned(text, "text/markdown"):
        username, _, host = handle.partition("@")
        account = accounts.find_handle(tx, username, host or house.account_domain)
        if account is not None:
            known[handle] = Mentioned(url=account.url or account.uri, username=account.username)
    return render(text, "text/markdown", mentions=known, tag_url=house.tag_page).html


def tell_of(tx: Tx, key: str, text: str) -> None:
    """Say what state the house is in; nothing when that was said already, in these words."""
    known = announcements.about(tx, key)
    if known is None:
        announce(tx, text, key=key)
    elif known.text != text:
        announcements.change(tx, known.id, text=text, content=_html(tx, text), read=False, updated_at=tx.now)
        tx.announce(AnnouncementMade(announcement=known.id))


def is_over(tx: Tx, key: str) -> None:
    """Take back what was said of a state of the house, if anything was."""
    known = announcements.about(tx, key)
    if known is not None:
        withdraw(tx, known.id)


def withdraw(tx: Tx, announcement: int) -> Announcement:
    """Take an announcement back and return what it was; NotFound."""
    known = announcements.get(tx, announcement)
    announcements.drop(tx, announcement)
    tx.announce(AnnouncementGone(announcement=announcement))
    return known


def dismiss(tx: Tx, announcement: int) -> None:
    """Put an announcement away, as read; NotFound."""
    announcements.change(tx, announcements.get(tx, announcement).id, read=True)


def react(tx: Tx, announcement: int, text: str) -> None:
    """React with an emoji, or a custom one of the owner's; Invalid for what is neither, or too many. NotFound."""
    known, emoji = announcements.get(tx, announcement), named(text)
    if not is_emoji(emoji) and emojis.find(tx, emoji.strip(":")) is None:
        raise Invalid("Validation failed: Name is not a recognized emoji")
    there = {one for _, one in announcements.reactions(tx, [known.id])}
    if emoji not in there and len(there) >= MOST_REACTIONS:
        raise Invalid("Validation failed: Limit of different reactions reached")
    if announcements.react(tx, known.id, emoji):
        tx.announce(AnnouncementReacted(announcement=known.id, name=emoji.strip(":")))


def unreact(tx: Tx, announcement: int, text: str) -> None:
    """Take a reaction back, if it is there; NotFound."""
    known, emoji = announcements.get(tx, announcement), named(text)
    if announcements.unreact(tx, known.id, emoji):
        tx.announce(AnnouncementReacted(announcement=known.id, name=emoji.strip(":")))
