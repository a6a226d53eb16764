"""Actor documents of other servers → accounts and keys.

Spec: ActivityPub §4.1, https://docs.joinmastodon.org/spec/activitypub/#profile, FEP-521a (Multikey), FEP-2c59
(``webfinger``), FEP-5feb (``indexable``), FEP-fe34 (who owns a key).
"""

import re

from msgspec import structs

from smallfed.domain.account import Field, Kind
from smallfed.domain.incoming import IncomingAccount, IncomingKey
from smallfed.domain.uris import host, same_origin, web
from smallfed.errors import Invalid
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.signatures import proofs
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.protocol.vocabulary import ACTORS
from smallfed.text.sanitise import clean_name, sanitise, strip
from smallfed.translate import media, tags

_USERNAME = re.compile(r"[^\s@/:?#<>\"'\\\x00-\x1f\x7f]+")
_CLAIM = re.compile(r"(?:acct:|@)?([^\s@/:?#<>\"'\\]+@[^\s@/?#<>\"'\\]+)")


def account(document: Document) -> IncomingAccount:
    """Return the account that an actor document states; Invalid with the reason when it states none.

    Collections of another origin are left out: nobody speaks for them here. The handle is only a claim.
    """
    uri, kind, inbox = web(document.id), document.type_in(ACTORS), web(document.uri("inbox"))
    if uri is None:
        raise Invalid("The actor has no id that is an http(s) URL.")
    if kind is None:
        raise Invalid("The document is no actor.")
    if inbox is None:
        raise Invalid("The actor has no inbox.")
    claim = _claim(document)
    return IncomingAccount(
        uri=uri,
        kind=Kind(kind),
        username=_username(document, uri, claim),
        claim=claim,
        name=clean_name(document.text("name"), limit=limits.NAME),
        note=sanitise(_map_or_text(document, "summary")[: limits.BIO]),
        url=media.own_page(document),
        inbox=inbox,
        shared_inbox=_shared_inbox(document),
        outbox=_own(document, "outbox"),
        followers=_own(document, "followers"),
        following=_own(document, "following"),
        featured=_own(document, "featured"),
        featured_tags=_own(document, "featuredTags"),
        moderators=_own(document, "attributedTo") if kind == Kind.GROUP else None,
        avatar=media.picture(document, "icon"),
        header=media.picture(document, "image"),
        locked=document.flag("manuallyApprovesFollowers") is True,
        discoverable=document.flag("discoverable") is True,
        indexable=document.flag("indexable") is True,
        fields=_fields(document),
        emojis=tags.emojis(document),
        also_known_as=tuple(filter(web, document.uris("alsoKnownAs", limits.ALIASES))),
        moved_to=_elsewhere(document, uri),
        suspended=document.flag("suspended") is True,
        memorial=document.flag("memorial") is True,
        attribution_domains=_attributions(document),
        avatar_description=_described(document, "icon"),
        header_description=_described(document, "image"),
        show_media=document.flag("showMedia") is not False,
        show_media_replies=document.flag("showRepliesInMedia") is not False,
        show_featured=document.flag("showFeatured") is not False,
        published_at=document.moment("published"),
        keys=keys(document),
    )


def keys(document: Document) -> tuple[IncomingKey, ...]:
    """Return the keys that an actor document (or GoToSocial's stub of one) lists as its own, those we can use.

    Left out are keys that name another owner, and such whose id is of another origin: they would take its place.
    """
    uri = web(document.id)
    if uri is None:
        return ()
    listed = document.documents("publicKey", limits.KEYS) + document.documents("assertionMethod", limits.KEYS)
    found = (_key(item) for item in listed if _owner(item) in (None, uri) and same_origin(item.id, uri))
    every = {key.key_id: key for key in found if key is not None}
    for key_id, key in proofs.multikeys(document.value).items():
        if key_id in every and every[key_id].der == key.der:
            every[key_id] = structs.replace(every[key_id], proves=True)
    return tuple(every.values())


def bare_key(document: Document) -> tuple[str, IncomingKey]:
    """Return the owner's id and the key of a document that is only a key; Invalid when it is none.

    The owner has to list the key as well before it counts.
    """
    owner, key = web(_owner(document)), _key(document)
    if owner is None or key is None:
        raise Invalid("The document is no public key that names its owner.")
    return owner, key


def _key(item: Document) -> IncomingKey | None:
    key_id, pem, multibase = item.id, item.text("publicKeyPem"), item.text("publicKeyMultibase")
    if key_id is None or not (pem or multibase):
        return None
    try:
        key = PublicKey.from_pem(pem) if pem else PublicKey.from_multibase(multibase)
    except Invalid:
        return None  # a key of a kind we cannot use takes nothing away from the others
    return IncomingKey(key_id=key_id, algorithm=key.algorithm, der=key.der)


def _owner(item: Document) -> str | None:
    return item.uri("owner") or item.uri("controller")


def _attributions(document: Document) -> tuple[str, ...]:
    """Return domains that may name the account as an author: texts only (GHSA-rwcw-vq68-g34p)."""
    listed = document.raw("attributionDomains")
    found = [item for item in (listed if isinstance(listed, list) else [listed]) if isinstance(item, str)]
    return tuple(dict.fromkeys(name for item in found[: limits.ATTRIBUTIONS] if (name := host(f"https://{item}"))))


def _described(document: Document, name: str) -> str:
    """Return what a picture of the profile shows, as Mastodon (``summary``) and GoToSocial (``name``) say it."""
    picture = next(iter(document.documents(name)), None)
    text = "" if picture is None else picture.text("summary") or picture.text("name")
    return strip(text[: limits.DESCRIPTION])


def _claim(document: Document) -> str | None:
    match = _CLAIM.fullmatch(document.text("webfinger")[: limits.USERNAME].strip())
    return match[1] if match else None


def _username(document: Document, uri: str, claim: str | None) -> str:
    """Return ``preferredUsername``, else the name in the claimed handle, else the last part of the id."""
    fallbacks = ((claim or "").partition("@")[0], uri.rstrip("/").rpartition("/")[2])
    for name in (document.text("preferredUsername").strip().removeprefix("@"), *fallbacks):
        if len(name) <= limits.USERNAME and _USERNAME.fullmatch(name):
            return name
    raise Invalid("The actor has no name that could be part of a handle.")


def _map_or_text(document: Document, name: str) -> str:
    return document.text(name) or next(iter(document.language_map(f"{name}Map").values()), "")


def _own(document: Document, name: str) -> str | None:
    uri = web(document.uri(name))
    return uri if same_origin(uri, document.id) else None


def _elsewhere(document: Document, uri: str) -> str | None:
    moved_to = web(document.uri("movedTo"))
    return None if moved_to == uri else moved_to


def _shared_inbox(document: Document) -> str | None:
    endpoints = document.document("endpoints")
    return web(endpoints.uri("sharedInbox") if endpoints else None) or web(document.uri("sharedInbox"))


def _fields(document: Document) -> tuple[Field, ...]:
    found = (_field(item) for item in document.documents("attachment"))
    return tuple(field for field in found if field is not None)[: limits.FIELDS]


def _field(item: Document) -> Field | None:
    """Return a line of the profile: a PropertyValue, or a Note as FEP-fb2a has it."""
    html = item.text("value") if "PropertyValue" in item.types else item.text("content") if "Note" in item.types else ""
    name, value = strip(item.text("name")[: limits.FIELD]), sanitise(html[: limits.FIELD])
    return Field(name=name, value=value) if name and value else None
