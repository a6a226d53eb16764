"""Create, Update and Delete, as others send them.

Spec: ActivityPub §§7.2–7.4; PROTOCOL §§4.2, 4.4, 4.7.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import Incoming
from smallfed.domain.uris import same_origin, web
from smallfed.errors import Invalid
from smallfed.protocol import quirks
from smallfed.protocol.jsonld import Document
from smallfed.translate.activities.reading import Reader, object_of
from smallfed.translate.kinds import kind_of
from smallfed.translate.people import account
from smallfed.translate.posts import owners, post
from smallfed.translate.prose import is_vote


def _create(document: Document, id_: str | None, actor: str) -> Incoming:
    return _published(document, id_, actor, update=False)


def _update(document: Document, id_: str | None, actor: str) -> Incoming:
    return _published(document, id_, actor, update=True)


def _published(document: Document, id_: str | None, actor: str, *, update: bool) -> Incoming:
    """Return a Create or Update; Mentioned where the object must be asked of its own origin before it is believed."""
    if votes := quirks.gotosocial_votes(document):
        return _votes(document, id_, actor, votes)
    things = document.documents("object", 1)
    uri = web(things[0].id) if things else object_of(document)
    if uri is None:
        raise Invalid("The object has no id that is an http(s) URL.")
    mentioned = incoming.Mentioned(id=id_, actor=actor, object=uri, update=update)
    if not things:
        return mentioned
    thing, kind = things[0], kind_of(things[0])
    if kind == "account" and update:
        complete = uri == actor and thing.has("inbox")
        return incoming.UpdateAccount(id=id_, actor=actor, account=account(thing)) if complete else mentioned
    if kind != "post":
        raise Invalid(f"{(thing.types or ('An object without a type',))[0][:100]} is nothing that could be a post.")
    if not same_origin(uri, actor) or (owners(thing) and actor not in owners(thing)):
        return mentioned
    stated = post(thing, activity=document)
    make = incoming.UpdatePost if update else incoming.Create
    return make(id=id_, actor=actor, post=stated)


def _votes(document: Document, id_: str | None, actor: str, things: tuple[Document, ...]) -> Incoming:
    """Return the votes in a multiple choice that come in one Create. Nothing else comes in numbers."""
    if not all(is_vote(thing) for thing in things):
        raise Invalid("It publishes several objects at once.")
    stated = tuple(post(thing, activity=document) for thing in things)
    if len({one.in_reply_to for one in stated}) > 1 or any(one.author != actor for one in stated):
        raise Invalid("It holds votes of several people, or in several polls.")
    return incoming.Votes(id=id_, actor=actor, posts=stated)


def _delete(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Delete(id=id_, actor=actor, object=object_of(document))


READERS: dict[str, Reader] = {
    "Create": _create,
    "Delete": _delete,
    "Update": _update,
}
