"""Custom emoji of other servers, as they list them for their own people.

Spec: https://docs.joinmastodon.org/methods/custom_emojis/ (also Pleroma, Akkoma, GoToSocial, Sharkey, Iceshrimp);
https://misskey-hub.net/docs/for-developers/api/ (``/api/emojis``, ``/api/emoji``).
"""

from collections.abc import Mapping
from typing import Any

from msgspec import MsgspecError, Struct, json

from smallfed.domain.uris import web

MASTODON, MISSKEY, MISSKEY_ONE = "/api/v1/custom_emojis", "/api/emojis", "/api/emoji?name="
MOST = 20_000
LONGEST = 500  # characters of a text that is kept


class Offer(Struct, frozen=True, kw_only=True):
    """A custom emoji of another server. ``license`` is what is said of it there, "" where nothing is."""

    shortcode: str
    url: str
    category: str | None = None
    license: str = ""


def read(body: bytes) -> list[Offer]:
    """Return what a server lists, in either form, by name; without what is no emoji, or must stay there.

    Misskey's ``localOnly`` is the word of its moderators that it is for their own people.
    """
    try:
        document = json.decode(body)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    items = document.get("emojis") if isinstance(document, dict) else document
    found: dict[str, Offer] = {}
    for item in items[:MOST] if isinstance(items, list) else ():
        offer = _offer(item) if isinstance(item, dict) else None
        if offer is not None:
            found.setdefault(offer.shortcode, offer)
    return sorted(found.values(), key=lambda offer: offer.shortcode)


def license_of(body: bytes) -> str:
    """Return the licence in Misskey's answer about one emoji, "" where there is none."""
    try:
        document = json.decode(body)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return _text(document.get("license")) if isinstance(document, dict) else ""


def _offer(item: Mapping[str, Any]) -> Offer | None:
    shortcode = _text(item.get("shortcode")) or _text(item.get("name"))
    url = web(_text(item.get("url")))
    if not shortcode or url is None or item.get("localOnly") is True:
        return None
    return Offer(
        shortcode=shortcode, url=url, category=_text(item.get("category")) or None, license=_text(item.get("license"))
    )


def _text(value: object) -> str:
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""
