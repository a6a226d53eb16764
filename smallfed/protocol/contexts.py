"""The JSON-LD contexts of what we emit: ActivityStreams first, then every term that it does not define.

Mastodon drops documents whose context does not name ActivityStreams by exactly this IRI, and compares ``schema`` with
exactly this wrong one. Spec: https://docs.joinmastodon.org/spec/activitypub/#contexts, FEP-521a, FEP-844e, FEP-2c59.
"""

from typing import Any

from smallfed.protocol.emitted import Activity, Actor, Collection, EmojiTag, Note, Stamp, Tag, Thing
from smallfed.protocol.vocabulary import AS2

PLAIN = AS2
SECURITY = "https://w3id.org/security/v1"
PROOFS = "https://w3id.org/security/data-integrity/v2"

_POLICY = {
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
}
_REQUESTS = {
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "FeatureRequest": "https://w3id.org/fep/7aa9#FeatureRequest",
    "LikeRequest": "https://gotosocial.org/ns#LikeRequest",
    "ReplyRequest": "https://gotosocial.org/ns#ReplyRequest",
    "AnnounceRequest": "https://gotosocial.org/ns#AnnounceRequest",
}

NOTE: tuple[Any, ...] = (
    AS2,
    {
        "toot": "http://joinmastodon.org/ns#",
        "ostatus": "http://ostatus.org#",
        "litepub": "http://litepub.social/ns#",
        "sensitive": "as:sensitive",
        "Hashtag": "as:Hashtag",
        "Emoji": "toot:Emoji",
        "blurhash": "toot:blurhash",
        "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
        "conversation": "ostatus:conversation",
        "directMessage": "litepub:directMessage",
        "votersCount": "toot:votersCount",
        "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
        "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
        "quoteUrl": "as:quoteUrl",
        "quoteUri": "http://fedibird.com/ns#quoteUri",
        "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
        **_POLICY,
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "canReply": {"@id": "gts:canReply", "@type": "@id"},
        "approvedBy": {"@id": "gts:approvedBy", "@type": "@id"},
        "replyAuthorization": {"@id": "gts:replyAuthorization", "@type": "@id"},
    },
)

ASKING: tuple[Any, ...] = (AS2, {**NOTE[1], **_REQUESTS})
"""Requests, with the quote inside, and the answers to them."""

STAMP: tuple[Any, ...] = (
    AS2,
    {
        "gts": "https://gotosocial.org/ns#",
        "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
        "FeatureAuthorization": "https://w3id.org/fep/7aa9#FeatureAuthorization",
        "LikeAuthorization": "gts:LikeAuthorization",
        "ReplyAuthorization": "gts:ReplyAuthorization",
        "AnnounceAuthorization": "gts:AnnounceAuthorization",
        "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
        "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
    },
)

APPROVED: tuple[Any, ...] = (
    AS2,
    {
        "gts": "https://gotosocial.org/ns#",
        "approvedBy": {"@id": "gts:approvedBy", "@type": "@id"},
        "announceAuthorization": {"@id": "gts:announceAuthorization", "@type": "@id"},
    },
)

REACTION: tuple[Any, ...] = (
    AS2,
    {
        "toot": "http://joinmastodon.org/ns#",
        "misskey": "https://misskey-hub.net/ns#",
        "Emoji": "toot:Emoji",
        "_misskey_reaction": "misskey:_misskey_reaction",
    },
)

ACTOR: tuple[Any, ...] = (
    AS2,
    SECURITY,
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    {
        "toot": "http://joinmastodon.org/ns#",
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "Emoji": "toot:Emoji",
        "Hashtag": "as:Hashtag",
        "attributionDomains": {"@id": "toot:attributionDomains", "@container": "@set"},
        "showFeatured": "toot:showFeatured",
        "showMedia": "toot:showMedia",
        "showRepliesInMedia": "toot:showRepliesInMedia",
        **_POLICY,
        "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
        "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
        "implements": {"@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@set"},
    },
)


def context_of(thing: Thing, *, proven: bool = False, sealed: bool = False) -> Any:
    """Return the context that defines every term in ``thing``, and those of what will be added to it.

    ``proven``: a proof (FEP-8b32). ``sealed``: an RsaSignature2017.
    """
    context = _terms_of(thing)
    added = [address for address, wanted in ((SECURITY, sealed), (PROOFS, proven)) if wanted and address not in context]
    if not added:
        return context
    first, *rest = (context,) if isinstance(context, str) else context
    return (first, *added, *rest)


def _terms_of(thing: Thing) -> Any:
    match thing:
        case Actor() | Activity(object=Actor()):
            return ACTOR
        case Activity(instrument=Note()) | Activity(object=Activity(instrument=str())) | Activity(result=str()):
            return ASKING
        case Note() | Activity(object=Note() | Tag()):
            return NOTE
        case Stamp() | Activity(object=Stamp()):
            return STAMP
        case Activity(approved_by=str()):
            return APPROVED
        case EmojiTag() | Activity(content=str()) | Activity(object=Activity(content=str())):
            return REACTION
        case Collection(items=tuple(items)) | Collection(ordered_items=tuple(items)) if _embeds(items):
            return NOTE
        case _:
            return PLAIN


def _embeds(items: tuple[object, ...]) -> bool:
    return any(isinstance(item, Thing) for item in items)
