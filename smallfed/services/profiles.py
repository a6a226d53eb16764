"""Profiles: the owner changes how others see them, and the defaults for posts.

Spec: CLIENT_API §3 (update_credentials).
"""

from msgspec import UNSET, structs

from smallfed.domain.account import Account
from smallfed.domain.events import ProfileChanged
from smallfed.domain.preferences import PreferencesChange
from smallfed.domain.profile import ProfileChange
from smallfed.services import admitting, consenting, preferring
from smallfed.store import accounts, emojis, houses
from smallfed.store.tx import Tx
from smallfed.text.scan import shortcodes

_SHOWN = (
    "name",
    "note",
    "fields",
    "avatar",
    "header",
    "kind",
    "locked",
    "discoverable",
    "indexable",
    "hide_collections",
    "attribution_domains",
    "avatar_description",
    "header_description",
    "show_media",
    "show_media_replies",
    "show_featured",
)
_KEPT = {
    "note_source": "note",
    "fields_source": "fields",
    "visibility": "visibility",
    "sensitive": "sensitive",
    "language": "language",
}


def update(tx: Tx, change: ProfileChange) -> Account:
    """Change what is set in ``change`` and return the owner; others hear of it only if they can see it.

    Who opens the door lets in everybody waiting before it; who is not to be discovered is featured nowhere any more.
    """
    before = accounts.owner(tx)
    kept = {field: getattr(change, name) for name, field in _KEPT.items() if getattr(change, name) is not UNSET}
    if change.quote_policy is not UNSET:
        preferring.prefer(tx, PreferencesChange(quotes=change.quote_policy))
    if kept:
        houses.put_owner(tx, structs.replace(houses.owner(tx), **kept))
    shown = {name: getattr(change, name) for name in _SHOWN if getattr(change, name) is not UNSET}
    if shown:
        accounts.change(tx, before.id, **shown)
    _illustrate(tx)
    after = accounts.owner(tx)
    if after != before:
        tx.announce(ProfileChanged(account=after.id))
    if before.discoverable and not after.discoverable:
        consenting.unfeature(tx)
    if before.locked and not after.locked:
        admitting.authorize_all(tx)
    return after


def _illustrate(tx: Tx) -> None:
    """Give the profile the pictures for the custom emoji in it, as they are now."""
    owner, typed = accounts.owner(tx), houses.owner(tx)
    texts = (owner.name, typed.note, *(part for line in typed.fields for part in line))
    pictures = emojis.pictures(tx, shortcodes(*texts))
    if pictures != owner.emojis:
        accounts.change(tx, owner.id, emojis=pictures)
