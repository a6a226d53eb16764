"""When and where an Event takes place, as a line of its card.

Spec: Activity Streams vocabulary (Event, Place), https://docs.joinmobilizon.org/5.%20Interoperability/1.activity_pub/
"""

from datetime import datetime
from html import escape

from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document

_PARTS = ("streetAddress", "postalCode", "addressLocality", "addressCountry")


def occasion(document: Document) -> str:
    """Return HTML that says when and where, in the time zone that the document uses; "" for what is no Event."""
    if "Event" not in document.types:
        return ""
    lines = (("📅", _when(document)), ("📍", _where(document)))
    text = "<br>".join(f"{mark} {escape(line)}" for mark, line in lines if line)
    return f"<p>{text}</p>" if text else ""


def _when(document: Document) -> str:
    begin, end = _moment(document, "startTime"), _moment(document, "endTime")
    if begin is None:
        return ""
    if end is None:
        return _written(begin)
    return f"{_written(begin)} – " + (f"{end:%H:%M}" if _same_day(begin, end) else _written(end))


def _same_day(one: datetime, other: datetime) -> bool:
    return one.date() == other.date() and one.utcoffset() == other.utcoffset()


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".rstrip()


def _moment(document: Document, name: str) -> datetime | None:
    """Return a time in the zone it is given in, which ``Document.moment`` would not keep."""
    if document.moment(name) is None:
        return None
    return datetime.fromisoformat(document.text(name).strip())


def _where(document: Document) -> str:
    """Return the name of the place and its address, whichever there is; a name alone may be all."""
    place = document.document("location")
    if place is None:
        return ""
    address = place.document("address")
    names = [place.text("name"), *((address.text(part) for part in _PARTS) if address else (place.text("address"),))]
    found = dict.fromkeys(name.strip() for name in names if name.strip())
    return ", ".join(found)[: limits.TITLE]
