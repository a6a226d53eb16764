"""Reactions as other servers send them: what is in a Like, an EmojiReact or a Dislike.

Spec: FEP-c0e0, https://misskey-hub.net/ns/#_misskey_reaction, FEP-9098 (custom emoji); PROTOCOL §§4.2, 4.9.
"""

import re

from smallfed.domain.reaction import DISLIKE, FAVOURITE, Reaction
from smallfed.domain.uris import host
from smallfed.protocol import limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.text.emoji import is_emoji, normal_emoji
from smallfed.translate import tags

_CUSTOM = re.compile(r":?([^\s:@<>\"'&/\\\x00-\x1f]{1,128})(?:@([\w.-]{1,255}(?::[0-9]{1,5})?))?:?")


def reaction(document: Document, actor: str) -> Reaction:
    """Return the reaction of ``actor``; what is no emoji, or one whose picture is missing, is a plain favourite."""
    emoji = emoji_of(document, actor)
    if not emoji.startswith(":"):
        return Reaction(emoji=emoji)
    picture = _picture(document, emoji.strip(":"))
    return FAVOURITE if picture is None else Reaction(emoji=emoji, picture=picture)


def emoji_of(document: Document, actor: str) -> str:
    """Return the emoji of a reaction of ``actor``, ``:name@host:`` for a custom one, "" for a plain favourite.

    Whether there is such a custom emoji is not asked: whoever takes a reaction back may leave its picture out.
    """
    if quirks.threadiverse_dislike(document):
        return DISLIKE
    text = quirks.misskey_reaction((document.text("content") or document.text("_misskey_reaction")).strip())
    if len(text) > limits.REACTION or (quirks.misskey_favourite(text) and not quirks.litepub_reaction(document)):
        return ""
    if is_emoji(text):
        return normal_emoji(text)
    match = _CUSTOM.fullmatch(text)
    return f":{match[1]}@{(match[2] or host(actor) or '').lower()}:" if match else ""


def _picture(document: Document, name: str) -> str | None:
    """Return the picture that comes along under ``name@host``, or under the name alone."""
    pictures = {emoji.shortcode: emoji.url for emoji in tags.emojis(document)}
    return pictures.get(name) or pictures.get(name.partition("@")[0])
