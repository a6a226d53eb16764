"""Ways to what an address for people shows, where asking for the address itself leads nowhere.

Each is a question to the server of the address, and its answer is no more than a hint: what it names is asked for where
it lives, and believed there.

Spec: CLIENT_API §13 item 24; https://docs.joinmastodon.org/methods/statuses/#get; RFC 7033 §4.1 (resource: any URI).
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from smallfed.protocol import jsonld, webfinger

_STATUS = re.compile(
    r"/(?:@[^/]+|(?:web/|redirect/)?statuses|notice|s|users/[^/]+/statuses|@[^/]+/(?:statuses|posts))/([\w-]{1,64})/?"
)
_ACCOUNT = re.compile(r"/(?:web/|redirect/)?accounts/([\w-]{1,64})/?")


def questions(url: str) -> Iterator[str]:
    """Yield what to ask the server of an address, the likeliest first."""
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    for pattern, method in ((_STATUS, "statuses"), (_ACCOUNT, "accounts")):
        match = pattern.fullmatch(parts.path)
        if match is not None:
            yield f"{base}/api/v1/{method}/{match[1]}"
    yield base + webfinger.query(url)


def answer(body: bytes) -> str | None:
    """Return the id of what an answer is about, or None: an entity of Mastodon's API, or a JRD."""
    document = jsonld.read(body)
    if document.has("subject"):
        return webfinger.read_jrd(body).actor
    return document.text("uri") or document.text("url") or None
