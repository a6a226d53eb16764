"""Pages that are attached to posts: which one is meant, and what the author says of it; and ours.

Spec: FEP-8967; Mastodon since 4.7 reads and writes the ``href`` of the first Link and no preview; Lemmy's Page has such
a Link as well.
"""

from msgspec import UNSET

from smallfed.domain.card import Attached, Card, Glimpse
from smallfed.domain.uris import web
from smallfed.protocol.emitted import AttachedLink, Image, Preview
from smallfed.protocol.jsonld import Document
from smallfed.text.sanitise import clean_name, plain
from smallfed.translate import media
from smallfed.translate.glimpses import DESCRIPTION, NAME, TITLE

HTML = "text/html"
_KINDS = {"link": "Page", "rich": "Page", "video": "Video", "photo": "Image"}


def read(document: Document) -> Attached | None:
    """Return the first page that is attached to a post, with the preview that comes along, or None."""
    for item in document.documents("attachment"):
        url = web(item.uri("href"))
        if url is not None and media.is_page(item):
            return Attached(url=url, glimpse=_said(url, item.document("preview")))
    return None


def _said(url: str, preview: Document | None) -> Glimpse | None:
    title = "" if preview is None else clean_name(plain(preview.text("name")), limit=TITLE)
    if preview is None or not title:
        return None
    author = preview.document("attributedTo") or Document({})
    return Glimpse(
        page=url,
        title=title,
        description=clean_name(plain(preview.text("summary")), limit=DESCRIPTION),
        author_name=clean_name(plain(author.text("name")), limit=NAME),
        author_url=media.page(author) or "",
        image=media.picture(preview, "image") or "",
    )


def write(card: Card, *, with_image: bool) -> AttachedLink:
    """Return the page of a card as others read it: the link, and what it says once that is known.

    It has an ``href`` and no ``url``, and the type of a page: who takes attachments for files passes it over, or shows
    a link under the name of the page.
    """
    if not card.title:
        return AttachedLink(href=card.url, media_type=HTML)
    preview = Preview(
        type=_KINDS[card.type],
        name=card.title,
        summary=card.description or UNSET,
        image=Image(url=card.image, summary=card.image_description or UNSET) if card.image and with_image else UNSET,
    )
    return AttachedLink(href=card.url, media_type=HTML, name=card.title, preview=preview)
