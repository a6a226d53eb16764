"""What the owner's commands may call: name → a function of (tx, …). The server and the command line use the same table.

Arguments and results are JSON. Each call is one transaction.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import MsgspecError, ValidationError, convert, json, to_builtins

from smallfed.control import blocklists, moderation, preferring, relays, reviewing
from smallfed.domain.custom_emoji import Arrival
from smallfed.errors import Invalid, NotFound
from smallfed.policy.evicting import Kept, Part
from smallfed.services import (
    announcing,
    authorising,
    departing,
    evicting,
    guarding,
    illustrating,
    importing,
    leaving,
    placing,
    queueing,
    replaying,
    scheduling,
    settling,
)
from smallfed.services.settling import Beginning
from smallfed.store import farewells, shortfalls
from smallfed.store.tx import Tx

Json = Any


def setup(tx: Tx, *, beginning: Json) -> Json:
    """Set the house up; answers the handle and the address."""
    house = settling.set_up(tx, convert(beginning, Beginning))
    return {"handle": house.handle, "base": house.base}


def password(tx: Tx, *, password: str, revoke: bool) -> Json:
    """Store the hash of a new password, end sessions; revoke all access tokens when asked to."""
    settling.replace_password(tx, password)
    return {"revoked": settling.revoke_all_tokens(tx) if revoke else 0}


def token(tx: Tx, *, app: str, scopes: str, digest: str) -> Json:
    """Store the (hex SHA-256) hash of an access token for an app of the owner's own."""
    return {"id": authorising.grant_by_hand(tx, app=app, scopes=scopes, digest=bytes.fromhex(digest))}


def show_out(tx: Tx, *, which: str) -> Json:
    """Show out all apps of a name, or end the login of an id; answers how many logins ended. NotFound for none."""
    return {"logins": authorising.show_out_named(tx, which)}


def farewell(tx: Tx, *, handle: str) -> Json:
    """Leave for good; ``handle`` is typed to confirm it. Answers how many are told."""
    leaving.leave(tx, handle)
    told = farewells.find(tx)
    return {"inboxes": told.inboxes, "hosts": told.hosts} if told else {}


def take_emojis(tx: Tx, *, emojis: Json, overwrite: bool) -> Json:
    """Make custom emoji the owner's whose files were put in their place; answers what became of each."""
    arrivals = convert(emojis, list[Arrival])
    outcomes = illustrating.take(tx, arrivals, overwrite=overwrite)
    return [{"shortcode": each.shortcode, "outcome": o} for each, o in zip(arrivals, outcomes, strict=True)]


def change_emojis(tx: Tx, *, shortcodes: list[str], **changes: Json) -> Json:
    """Change what is said about custom emoji; answers them."""
    return to_builtins(illustrating.change(tx, shortcodes, **changes))


def rename_emoji(tx: Tx, *, shortcode: str, new_name: str) -> Json:
    """Give a custom emoji another name; answers it."""
    return to_builtins(illustrating.rename(tx, shortcode=shortcode, name=new_name))


def rename_category(tx: Tx, *, category: str, new_name: str) -> Json:
    """Give a category of custom emoji another name; answers how many are in it."""
    return {"moved": illustrating.rename_category(tx, category=category, name=new_name)}


def remove_emojis(tx: Tx, *, shortcodes: list[str]) -> Json:
    """Forget custom emoji; answers their names."""
    return {"removed": [emoji.shortcode for emoji in illustrating.remove(tx, shortcodes)]}


def publish_draft(tx: Tx, *, number: int) -> Json:
    """Have a draft, or what could not be published, published at once."""
    return {"id": str(scheduling.release(tx, number).id)}


def drop_draft(tx: Tx, *, number: int) -> Json:
    """Forget a draft or a post for later."""
    scheduling.cancel(tx, number)
    return {"id": str(number)}


def announce(tx: Tx, *, text: str, starts_at: str | None, ends_at: str | None, all_day: bool) -> Json:
    """Announce something in the owner's apps; moments are in ISO form. Answers its id."""
    begins, ends = (None if moment is None else datetime.fromisoformat(moment) for moment in (starts_at, ends_at))
    made = announcing.announce(tx, text, starts_at=begins, ends_at=ends, all_day=all_day)
    return {"id": made.id}


def unannounce(tx: Tx, *, announcement: int) -> Json:
    """Take an announcement back."""
    return {"id": announcing.withdraw(tx, announcement).id}


def evict_media(tx: Tx, *, chosen: Json) -> Json:
    """Let copies of others' media go; answers how many bytes become free."""
    return {"bytes": evicting.evict(tx, convert(chosen, list[Kept]))}


def lose_media(tx: Tx, *, lost: Json) -> Json:
    """Note that copies are not there, or damaged, each by its number and what of it."""
    evicting.lose(tx, convert(lost, list[tuple[int, Part]]))
    return {"lost": len(lost)}


CALLS: dict[str, Callable[..., Json]] = {
    "setup": setup,
    "password": password,
    "token": token,
    "apps.revoke": show_out,
    "login.reset": guarding.reset,
    "compatibility.forget": shortfalls.forget,
    "announce": announce,
    "announce.remove": unannounce,
    "emoji.take": take_emojis,
    "emoji.change": change_emojis,
    "emoji.rename": rename_emoji,
    "emoji.category": rename_category,
    "emoji.remove": remove_emojis,
    "media.evict": evict_media,
    "media.lose": lose_media,
    "queue.retry": queueing.retry,
    "queue.drop": queueing.drop,
    "replay.again": replaying.again,
    "farewell": farewell,
    "storage.move": placing.move,
    "storage.turn": placing.turn,
    "storage.hasten": placing.hasten,
    "import.begin": importing.begin,
    "import.add": importing.add,
    "import.start": importing.start,
    "import.again": importing.again,
    "drafts.publish": publish_draft,
    "drafts.drop": drop_draft,
    "alias.remove": departing.remove_alias,
    "move.cancel": departing.come_back,
    **moderation.CALLS,
    **blocklists.CALLS,
    **reviewing.CALLS,
    **relays.CALLS,
    **preferring.CALLS,
}

AFTERWARDS = frozenset({"queue.retry", "queue.drop"})
"""What can still be done when the owner has left: the farewell itself may be pushed, or given up."""


def perform(tx: Tx, request: bytes) -> Json:
    """Do what one line of JSON ``{"call": name, "args": {…}}`` asks; Invalid or NotFound when it cannot be done."""
    name, args = read(request)
    try:
        call = CALLS[name]
        if name not in AFTERWARDS:
            leaving.require_present(tx)
        return call(tx, **args)
    except KeyError as error:
        raise NotFound(f"this server knows no command {error}; is it older than your command line?") from error
    except (TypeError, ValidationError) as error:
        raise Invalid(f"the command was not understood: {error}") from error


def read(request: bytes) -> tuple[str, dict[str, Json]]:
    """Return which call a line asks for, with its arguments; Invalid when it does not say."""
    try:
        document = json.decode(request, type=dict[str, Any])
        return str(document["call"]), dict(document.get("args") or {})
    except (MsgspecError, KeyError, TypeError, ValueError) as error:
        raise Invalid(f"the command was not understood: {error}") from error
