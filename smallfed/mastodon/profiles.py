"""Profiles: from what a client wants to change about the owner to a change that is ready to be stored.

Spec: CLIENT_API §3 (update_credentials): absent is unchanged, an empty text clears.
"""

import re
from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from smallfed.domain.account import Field, Kind
from smallfed.domain.house import House
from smallfed.domain.post import Visibility
from smallfed.domain.profile import ProfileChange
from smallfed.domain.uris import host
from smallfed.errors import Invalid
from smallfed.mastodon import composing
from smallfed.pages.trees import Tree
from smallfed.text.language import normal_language
from smallfed.text.markup import Mentioned, mentioned, render
from smallfed.text.sanitise import clean_name
from smallfed.workers.composing import find_people
from smallfed.workers.parts import Parts

NAME, NOTE, FIELDS, LABEL, VALUE, DESCRIPTION, DOMAINS = 100, 2000, 10, 255, 1000, 1500, 10

_SCHEME = re.compile(r"https?://", re.IGNORECASE)

Written = tuple[tuple[str, str], ...]


async def change(parts: Parts, asked: Tree) -> ProfileChange:
    """Return what the request changes, but for pictures. Invalid, with a sentence for people, where it cannot be."""
    note, written = asked.text("note"), fields(asked)
    people = await _people(parts, [note or "", *(value for _, value in written or ())])
    house = parts.identity.here
    source = asked.tree("source") or Tree({})
    return ProfileChange(
        name=_name(asked.text("display_name")),
        note=UNSET if note is None else _note(house, note, people),
        note_source=UNSET if note is None else note,
        fields=UNSET
        if written is None
        else tuple(Field(name=name, value=_line(house, value, people)) for name, value in written),
        fields_source=UNSET if written is None else written,
        kind=_kind(asked.flag("bot")),
        locked=_set(asked.flag("locked")),
        discoverable=_set(asked.flag("discoverable")),
        indexable=_set(asked.flag("indexable")),
        hide_collections=_set(asked.flag("hide_collections")),
        attribution_domains=_domains(asked),
        avatar_description=_description(asked, "avatar_description"),
        header_description=_description(asked, "header_description"),
        show_media=_set(asked.flag("show_media")),
        show_media_replies=_set(asked.flag("show_media_replies")),
        show_featured=_set(asked.flag("show_featured")),
        visibility=_visibility(source.text("privacy")),
        sensitive=_set(source.flag("sensitive")),
        language=_language(source.text("language")),
        quote_policy=composing.quote_policy(source.text("quote_policy")) or UNSET,
    )


def fields(asked: Tree) -> Written | None:
    """Return the lines of the profile as typed, without empty ones; None when they are to stay."""
    if asked.is_absent("fields_attributes"):
        return None
    lines = [
        ((line.text("name") or "").strip(), (line.text("value") or "").strip())
        for line in asked.trees("fields_attributes")
    ]
    kept = tuple((name, value) for name, value in lines if name or value)
    if len(kept) > FIELDS:
        raise Invalid(f"Validation failed: a profile has at most {FIELDS} fields")
    for name, value in kept:
        if not name or not value or len(name) > LABEL or len(value) > VALUE:
            raise Invalid(f"Validation failed: a field needs a name (up to {LABEL}) and a value (up to {VALUE})")
    return kept


async def _people(parts: Parts, texts: Iterable[str]) -> dict[str, Mentioned]:
    handles = list(dict.fromkeys(handle for text in texts for handle in mentioned(text, "text/plain")))
    known = await parts.db.read(find_people, parts.identity.here, handles)
    return {handle: Mentioned(url=a.url or a.uri, username=a.username) for handle, a in known.items()}


def _note(house: House, text: str, people: dict[str, Mentioned]) -> str:
    if len(text) > NOTE:
        raise Invalid(f"Validation failed: Bio is too long (at most {NOTE} characters)")
    return render(text, "text/plain", mentions=people, tag_url=house.tag_page).html


def _line(house: House, text: str, people: dict[str, Mentioned]) -> str:
    html = render(" ".join(text.split()), "text/plain", mentions=people, tag_url=house.tag_page).html
    return html.removeprefix("<p>").removesuffix("</p>")


def _name(text: str | None) -> str | UnsetType:
    if text is None:
        return UNSET
    if len(text) > NAME:
        raise Invalid(f"Validation failed: Display name is too long (at most {NAME} characters)")
    return clean_name(text, limit=NAME)


def _kind(bot: bool | None) -> Kind | UnsetType:
    if bot is None:
        return UNSET
    return Kind.SERVICE if bot else Kind.PERSON


def _domains(asked: Tree) -> tuple[str, ...] | UnsetType:
    """Return the domains of websites that may name the owner as an author; an empty one clears them."""
    if asked.is_absent("attribution_domains"):
        return UNSET
    typed = [text.strip() for text in asked.texts("attribution_domains") if text.strip()]
    named = dict.fromkeys(_domain(text) for text in typed)
    if len(named) > DOMAINS:
        raise Invalid(f"Validation failed: there may be at most {DOMAINS} attribution domains")
    return tuple(named)


def _domain(text: str) -> str:
    """Return a domain, also one that was typed as an address, or with the ``*.`` that is meant anyway."""
    bare = _SCHEME.sub("", text).removeprefix("*.").rstrip("/")
    found = host(f"https://{bare}")
    if found is None or "/" in bare or "." not in found or ":" in found:
        raise Invalid(f"Validation failed: {text} is not the name of a website, such as example.org")
    return found


def _description(asked: Tree, name: str) -> str | UnsetType:
    text = asked.text(name)
    if text is None:
        return UNSET
    if len(text) > DESCRIPTION:
        raise Invalid(f"Validation failed: {name} is too long (at most {DESCRIPTION} characters)")
    return text.strip()


def _set(flag: bool | None) -> bool | UnsetType:
    return UNSET if flag is None else flag


def _visibility(text: str | None) -> Visibility | UnsetType:
    return composing.visibility(text) or UNSET


def _language(text: str | None) -> str | UnsetType | None:
    """Return the language to post in; an empty text leaves it to each post."""
    if text is None:
        return UNSET
    code = normal_language(text) if text else None
    if text and code is None:
        raise Invalid("source[language] should be a code such as en or pt-BR")
    return code
