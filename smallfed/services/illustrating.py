"""Illustrating: the owner's own custom emoji come, change and go.

What was said with one keeps the picture it had: files of pictures stay, and have an address each.

Spec: CLIENT_API §14 (CustomEmoji); FEP-9098; Mastodon's limits (CustomEmoji).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from smallfed.domain.custom_emoji import Arrival, CustomEmoji
from smallfed.domain.events import EmojisChanged
from smallfed.domain.house import House
from smallfed.domain.profile import ProfileChange
from smallfed.errors import Conflict, Invalid, NotFound
from smallfed.services import profiles
from smallfed.store import emojis, houses, ids
from smallfed.store.tx import Tx

LONGEST_CATEGORY, LONGEST_LICENSE = 100, 500
_SHORTCODE = re.compile(r"[A-Za-z0-9_]{2,64}")

Outcome = Literal["added", "replaced", "kept"]
"""What became of an arrival: it is new, it took the place of one of its name, or that stayed."""


def clean_shortcode(text: str) -> str:
    """Return the name of an emoji without colons; Invalid for what can be none."""
    name = text.strip().strip(":")
    if not _SHORTCODE.fullmatch(name):
        raise Invalid(f"{text!r} is no name for an emoji: it takes 2 to 64 letters (a–z), digits and _")
    return name


def clean_category(text: str | None) -> str | None:
    """Return the name of a category on one line, or None where there is none; Invalid when it is too long."""
    name = " ".join((text or "").split())
    if len(name) > LONGEST_CATEGORY:
        raise Invalid(f"a category has at most {LONGEST_CATEGORY} letters")
    return name or None


def take(tx: Tx, arrivals: Iterable[Arrival], *, overwrite: bool) -> list[Outcome]:
    """Make emoji the owner's, in their order, and say what became of each.

    With ``overwrite`` an emoji takes the place of one that has its name; its category stays unless it brings one.
    """
    house = houses.get(tx)
    outcomes = [_taken(tx, house, arrival, overwrite=overwrite) for arrival in arrivals]
    if set(outcomes) - {"kept"}:
        _changed(tx)
    return outcomes


def _taken(tx: Tx, house: House, arrival: Arrival, *, overwrite: bool) -> Outcome:
    shortcode, category = clean_shortcode(arrival.shortcode), clean_category(arrival.category)
    url, still = (house.page(f"/media/emojis/{file}") for file in (arrival.picture, arrival.still))
    known = emojis.find(tx, shortcode)
    if known is None:
        new = CustomEmoji(
            id=ids.fresh(tx, "emojis"),
            shortcode=shortcode,
            category=category,
            url=url,
            still=still,
            visible=arrival.visible,
            license=_line(arrival.license),
            origin=arrival.origin,
            created_at=tx.now,
            updated_at=tx.now,
        )
        emojis.put(tx, new)
        return "added"
    same = (known.url, known.still) == (url, still)
    if not overwrite or (same and (arrival.category is None or category == known.category)):
        return "kept"
    changed = {} if same else {"license": _line(arrival.license), "origin": arrival.origin, "updated_at": tx.now}
    category = known.category if arrival.category is None else category
    emojis.change(tx, known.id, url=url, still=still, category=category, **changed)
    return "replaced"


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_LICENSE]


def change(
    tx: Tx,
    shortcodes: Sequence[str],
    *,
    category: str | None = None,
    visible: bool | None = None,
    enabled: bool | None = None,
    license: str | None = None,  # noqa: A002
) -> list[CustomEmoji]:
    """Change what is said about some emoji and return them; None leaves it, "" takes it away. NotFound for no such."""
    columns: dict[str, object] = {} if category is None else {"category": clean_category(category)}
    columns |= {} if license is None else {"license": _line(license)}
    columns |= {name: value for name, value in (("visible", visible), ("enabled", enabled)) if value is not None}
    if not columns:
        raise Invalid("there is nothing to change")
    known = [_get(tx, shortcode) for shortcode in shortcodes]
    for emoji in known:
        emojis.change(tx, emoji.id, **columns)
    _changed(tx)
    return [_get(tx, emoji.shortcode) for emoji in known]


def rename(tx: Tx, *, shortcode: str, name: str) -> CustomEmoji:
    """Give an emoji another name and return it; NotFound, or Conflict when the name is taken.

    It counts as changed: others know it by its name.
    """
    known, name = _get(tx, shortcode), clean_shortcode(name)
    if name != known.shortcode and emojis.find(tx, name) is not None:
        raise Conflict(f"there is an emoji :{name}: already")
    emojis.change(tx, known.id, shortcode=name, updated_at=tx.now)
    _changed(tx)
    return _get(tx, name)


def rename_category(tx: Tx, *, category: str, name: str) -> int:
    """Give the emoji of a category another one, or with "" none; return how many they are. NotFound for none."""
    moved = emojis.move(tx, clean_category(category) or "", clean_category(name))
    if not moved:
        raise NotFound(f"there is no category {category!r}")
    _changed(tx)
    return moved


def remove(tx: Tx, shortcodes: Sequence[str]) -> list[CustomEmoji]:
    """Let each ``:shortcode:`` be a text again, and return what they were; NotFound, and nothing is done."""
    known = [_get(tx, shortcode) for shortcode in dict.fromkeys(shortcodes)]
    for emoji in known:
        emojis.drop(tx, emoji.id)
    _changed(tx)
    return known


def _get(tx: Tx, shortcode: str) -> CustomEmoji:
    shortcode = shortcode.strip().strip(":")
    known = emojis.find(tx, shortcode)
    if known is None:
        raise NotFound(f"there is no emoji :{shortcode}:")
    return known


def _changed(tx: Tx) -> None:
    tx.announce(EmojisChanged())
    profiles.update(tx, ProfileChange())
