"""Composing: what a client asks to be said, read from its request.

What becomes of it is ``workers/composing``.

Spec: CLIENT_API §5 (POST and PUT of statuses).
"""

from smallfed.domain.interaction import QuotePolicy, ReplyPolicy
from smallfed.domain.post import Visibility
from smallfed.domain.wish import Wish
from smallfed.errors import Invalid
from smallfed.mastodon import ballots, enclosures
from smallfed.pages.trees import Tree
from smallfed.text.language import normal_language
from smallfed.text.markup import CONTENT_TYPES, ContentType, count_characters

SENT = (Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE, Visibility.DIRECT)
MAX_CHARACTERS = 5000  # shown in the instance document


def read(asked: Tree) -> Wish:
    """Return the wish in a request's parameters; Invalid, with a sentence for people, where it cannot be granted."""
    text, summary = asked.text("status") or "", (asked.text("spoiler_text") or "").strip()
    quoted = asked.integer("quoted_status_id") or asked.integer("quote_id")  # the latter is Fedibird's and Pleroma's
    enclosed = enclosures.read(asked)
    alone = quoted is None and not enclosed.media
    if not text.strip() and alone:
        text, summary = summary, ""  # a warning about nothing is the text itself
    if not text.strip() and alone:
        raise Invalid("Validation failed: Text can't be blank")
    if count_characters(text) + count_characters(summary) > MAX_CHARACTERS:
        raise Invalid(f"Validation failed: Text character limit of {MAX_CHARACTERS} exceeded")
    local = _local(asked)
    return Wish(
        text=text,
        content_type=_content_type(asked.text("content_type")),
        visibility=None if local else visibility(asked.text("visibility")),
        local=local,
        summary=summary,
        sensitive=asked.flag("sensitive"),
        language=_language(asked.text("language")),
        in_reply_to_id=asked.integer("in_reply_to_id"),
        poll=ballots.read(asked),
        media=enclosed.media,
        retouches=enclosed.retouches,
        quoted_id=quoted,
        quote_policy=quote_policy(asked.text("quote_approval_policy")),
        reply_policy=reply_policy(asked.text("reply_approval_policy")),
    )


def _content_type(text: str | None) -> ContentType | None:
    found = next((known for known in CONTENT_TYPES if known == text), None)
    if found is None and text:
        raise Invalid(f"content_type should be one of: {', '.join(CONTENT_TYPES)}")
    return found


def _local(asked: Tree) -> bool:
    """Whether the post shall stay here: as Glitch and Hometown, GoToSocial, and Akkoma have it said."""
    return asked.flag("local_only") is True or asked.flag("federated") is False or asked.text("visibility") == "local"


def visibility(text: str | None) -> Visibility | None:
    """Return the visibility of that name, one of the four that can be preferred, None for none; Invalid."""
    if not text:
        return None
    found = next((known for known in SENT if known.value == text), None)
    if found is None:
        raise Invalid(f"visibility should be one of: {', '.join(SENT)}")
    return found


def quote_policy(text: str | None) -> QuotePolicy | None:
    """Return the policy of that name, None for none; Invalid."""
    if not text:
        return None
    try:
        return QuotePolicy(text)
    except ValueError:
        raise Invalid(f"quote_approval_policy should be one of: {', '.join(QuotePolicy)}") from None


def reply_policy(text: str | None) -> ReplyPolicy | None:
    """Return the policy of that name, None for none; Invalid. Mastodon has no such thing: it is said as for quotes."""
    if not text:
        return None
    try:
        return ReplyPolicy(text)
    except ValueError:
        raise Invalid(f"reply_approval_policy should be one of: {', '.join(ReplyPolicy)}") from None


def _language(text: str | None) -> str | None:
    if not text:
        return None
    code = normal_language(text)
    if code is None:
        raise Invalid("language should be a code such as en or pt-BR")
    return code
