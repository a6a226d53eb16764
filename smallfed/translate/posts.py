"""Objects of other servers → posts: Note and whatever else somebody publishes.

Spec: https://docs.joinmastodon.org/spec/activitypub/#payloads, FEP-b2b8 (long texts), FEP-1b12 (pages of groups).
"""

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.uris import same_origin, web
from smallfed.errors import Invalid
from smallfed.protocol import limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import POSTS, PUBLIC
from smallfed.text.quoting import mark
from smallfed.translate import audience, consent, media, polls, previews, prose, tags, versions


def post(document: Document, *, activity: Document | None = None) -> IncomingPost:
    """Return the post that ``document`` states; Invalid with the reason when it states none.

    ``activity`` is what it came in: its actor is the author where the object names none, its audience that of the
    post where the object names none. Id and author have the same origin; that the document came from there is *not*
    known here.
    """
    uri = web(document.id)
    if uri is None:
        raise Invalid("The object has no id that is an http(s) URL.")
    texts, quote = prose.read(document), consent.quote(document)
    to_whom = audience.read(document, activity)
    return IncomingPost(
        uri=uri,
        author=_author(document, uri, activity),
        kind=document.type_in(POSTS) or next(iter(document.types), "Object")[: limits.NAME],
        url=media.own_page(document),
        content=texts.content if quote is None else mark(texts.content, consent.addresses(document, quote)),
        summary=texts.summary,
        title=texts.title,
        sensitive=texts.sensitive,
        language=texts.language,
        in_reply_to=web(document.uri("inReplyTo")),
        context=_context(document),
        audience=_group(document, activity),
        to=to_whom.to,
        cc=to_whom.cc,
        mentions=tags.mentions(document),
        hashtags=tags.hashtags(document),
        links=tags.links(document),
        emojis=tags.emojis(document),
        attachments=media.attachments(document),
        page=previews.read(document),
        published_at=document.moment("published"),
        updated_at=document.moment("updated"),
        likes_claimed=_total(document, "likes"),
        boosts_claimed=_total(document, "shares"),
        replies_claimed=_total(document, "replies"),
        direct=quirks.litepub_direct(document) or (activity is not None and quirks.litepub_direct(activity)),
        vote=prose.is_vote(document),
        poll=polls.poll(document),
        quote=quote,
        policy=consent.policy(document),
        former=versions.former(document),
        raw=document.encode(),
    )


def owners(document: Document) -> tuple[str, ...]:
    """Return whom an object is attributed to: http(s) URLs, people first."""
    return tuple(uri for uri in quirks.peertube_owners(document) if web(uri))


def _author(document: Document, uri: str, activity: Document | None) -> str:
    named, actor = owners(document), web(activity.uri("actor")) if activity else None
    author = actor if actor is not None and (not named or actor in named) else next(iter(named), None)
    author = author or web(document.uri("actor"))
    if author is None:
        raise Invalid("The object names nobody as its author.")
    if not same_origin(uri, author):
        raise Invalid("The object and its author are not of the same origin.")
    return author


def _context(document: Document) -> str | None:
    """Return the conversation, opaque: a URL that can be asked where there is one, else whatever there is."""
    names = (document.uri("context"), document.uri("conversation"))
    return next((name for name in names if web(name)), names[0] or names[1])


def _group(document: Document, activity: Document | None) -> str | None:
    """Return the group that a post is made in (FEP-1b12): ``audience``, of the post or of what it came in."""
    stated = (web(each.uri("audience")) for each in (document, activity) if each is not None)
    return next((uri for uri in stated if uri not in (None, PUBLIC)), None)


def _total(document: Document, name: str) -> int | None:
    collection = document.document(name)
    return None if collection is None else collection.integer("totalItems")
