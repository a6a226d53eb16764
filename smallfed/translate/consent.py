"""Quotes and interaction policies in documents of other servers, in all the forms they have.

Spec: FEP-044f (``quote``, ``interactionPolicy``), FEP-e232 (links as tags); PROTOCOL §§5.7, 5.8;
https://docs.gotosocial.org/en/latest/federation/interaction_controls/
"""

from smallfed.domain.incoming import IncomingQuote, IncomingStamp
from smallfed.domain.interaction import Policy, SubPolicy
from smallfed.domain.uris import web
from smallfed.protocol import limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import PUBLIC, PUBLIC_NAMES

_LEGACY = ("_misskey_quote", "quoteUrl", "quoteUri", "quoteURL")
_KINDS = {"quote": "canQuote", "reply": "canReply", "like": "canLike", "announce": "canAnnounce"}


def quote(document: Document) -> IncomingQuote | None:
    """Return what a post quotes, None when it quotes nothing. Embedded quotes are not looked at: only their id counts.

    A tombstone is what is left of one that was deleted.
    """
    stamp = web(document.uri("quoteAuthorization"))
    if document.has("quote"):
        thing = document.document("quote")
        if thing is not None and "Tombstone" in thing.types:
            return IncomingQuote(uri=None)
        uri = web(document.uri("quote"))
        return None if uri is None else IncomingQuote(uri=uri, stamp=stamp)
    named = (web(document.uri(name)) for name in _LEGACY)
    found = next((uri for uri in named if uri), None) or web(quirks.misskey_quote_link(document))
    return None if found is None else IncomingQuote(uri=found, stamp=stamp, legacy=True)


def addresses(document: Document, quote: IncomingQuote) -> frozenset[str]:
    """Return the addresses by which a text may refer to what it quotes: every form may have one of its own."""
    named = (document.uri(name) for name in ("quote", *_LEGACY))
    return frozenset(uri for uri in (quote.uri, *named, quirks.misskey_quote_link(document)) if uri)


def policy(document: Document) -> Policy | None:
    """Return what a post says about interactions with it, None when it says nothing."""
    stated = document.document("interactionPolicy") or Document({})
    found = {name: _sub_policy(stated.document(term)) for name, term in _KINDS.items()}
    found["reply"] = found["reply"] or _comments(document)
    return Policy(**found) if any(found.values()) else None


def _comments(document: Document) -> SubPolicy | None:
    match quirks.peertube_moderation(document):
        case "closed":
            return SubPolicy(automatic=tuple(filter(web, document.uris("attributedTo", 2))))
        case "asked":
            return SubPolicy(manual=(PUBLIC,))
        case "open":
            return None


def _sub_policy(stated: Document | None) -> SubPolicy | None:
    """Return one part of a policy; one that names nobody at all is as good as none."""
    if stated is None:
        return None
    found = SubPolicy(
        automatic=_actors(stated, "automaticApproval") or _actors(stated, quirks.GOTOSOCIAL_AUTOMATIC),
        manual=_actors(stated, "manualApproval") or _actors(stated, quirks.GOTOSOCIAL_MANUAL),
    )
    return None if found == SubPolicy() else found


def _actors(stated: Document, name: str) -> tuple[str, ...]:
    uris = (PUBLIC if uri in PUBLIC_NAMES else uri for uri in stated.uris(name, limits.POLICY))
    return tuple(dict.fromkeys(uri for uri in uris if web(uri)))


def stamp(document: Document) -> IncomingStamp:
    """Return what a document says that shall be a stamp; embedded things count as their id."""
    return IncomingStamp(
        id=document.id,
        types=document.types,
        author=document.uri("attributedTo"),
        interacting=document.uri("interactingObject"),
        target=document.uri("interactionTarget"),
    )
