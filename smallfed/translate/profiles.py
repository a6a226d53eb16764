"""The owner and the server itself as actor documents.

Spec: ActivityPub §4.1, https://docs.joinmastodon.org/spec/activitypub/#profile, FEP-521a, FEP-844e, FEP-2c59, FEP-7aa9;
for the server FEP-2677 and FEP-d556.
"""

from msgspec import UNSET, UnsetType

from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.protocol.emitted import (
    Actor,
    Endpoints,
    Generator,
    Image,
    Implemented,
    InteractionPolicy,
    Multikey,
    PropertyValue,
    PublicKey,
    SubPolicy,
)
from smallfed.protocol.vocabulary import PUBLIC
from smallfed.translate import notes
from smallfed.translate.discovery import RELAY, server_name
from smallfed.translate.media_types import media_type
from smallfed.translate.moments import seconds

IMPLEMENTS = (
    Implemented(href="https://datatracker.ietf.org/doc/html/rfc9421", name="RFC-9421: HTTP Message Signatures"),
)


def actor(house: House, owner: Account, *, rsa_pem: str, ed25519_multibase: str) -> Actor:
    """Return the owner's actor; the keys are the public ones."""
    return Actor(
        id=house.actor,
        type=owner.kind.value,
        preferred_username=house.username,
        webfinger=house.handle,
        name=owner.name,
        summary=owner.note,
        url=house.profile,
        published=seconds(owner.published_at or owner.created_at),
        inbox=house.inbox,
        outbox=house.outbox,
        followers=house.followers,
        following=house.following,
        liked=house.liked,
        featured=house.featured,
        featured_tags=house.featured_tags,
        endpoints=Endpoints(shared_inbox=house.shared_inbox),
        manually_approves_followers=owner.locked,
        discoverable=owner.discoverable,
        indexable=owner.indexable,
        also_known_as=owner.also_known_as,
        moved_to=owner.moved_to or UNSET,
        attribution_domains=owner.attribution_domains,
        show_featured=owner.show_featured,
        show_media=owner.show_media,
        show_replies_in_media=owner.show_media_replies,
        interaction_policy=InteractionPolicy(can_feature=SubPolicy(automatic_approval=(_may_feature(house, owner),))),
        icon=_picture(house, owner.avatar, owner.avatar_description),
        image=_picture(house, owner.header, owner.header_description),
        tag=tuple(notes.emoji(emoji, house) for emoji in owner.emojis),
        attachment=tuple(PropertyValue(name=field.name, value=field.value) for field in owner.fields),
        public_key=PublicKey(id=house.key_id, owner=house.actor, public_key_pem=rsa_pem),
        assertion_method=(
            Multikey(id=house.ed25519_key_id, controller=house.actor, public_key_multibase=ed25519_multibase),
        ),
        generator=Generator(implements=IMPLEMENTS),
    )


def _may_feature(house: House, owner: Account) -> str:
    """Return who may put the owner into a collection; nobody is the owner alone."""
    if not owner.discoverable:
        return house.actor
    return house.followers if owner.locked else PUBLIC


def instance_actor(house: House, *, rsa_pem: str) -> Actor:
    """Return the server's own actor, which signs what we fetch. Others must be able to read it unsigned."""
    return Actor(
        id=house.instance_actor,
        type="Application",
        preferred_username=server_name(house),
        url=house.page("/about"),
        inbox=f"{house.instance_actor}/inbox",
        outbox=f"{house.instance_actor}/outbox",
        endpoints=Endpoints(shared_inbox=house.shared_inbox),
        manually_approves_followers=True,
        public_key=PublicKey(id=house.instance_key_id, owner=house.instance_actor, public_key_pem=rsa_pem),
    )


def relay_actor(house: House, *, rsa_pem: str) -> Actor:
    """Return the actor that relays of the LitePub kind follow; it has the server's key under an id of its own."""
    return Actor(
        id=house.relay_actor,
        type="Application",
        preferred_username=RELAY,
        name=f"{house.domain} relay",
        url=house.page("/about"),
        inbox=f"{house.relay_actor}/inbox",
        outbox=f"{house.relay_actor}/outbox",
        followers=house.relay_followers,
        following=f"{house.relay_actor}/following",
        endpoints=Endpoints(shared_inbox=house.shared_inbox),
        manually_approves_followers=True,
        public_key=PublicKey(id=house.relay_key_id, owner=house.relay_actor, public_key_pem=rsa_pem),
    )


def _picture(house: House, url: str | None, description: str) -> Image | UnsetType:
    if url is None:
        return UNSET
    return Image(media_type=media_type(url) or UNSET, url=house.shown(url), summary=description or UNSET)
