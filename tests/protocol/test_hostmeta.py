"""host-meta, both forms, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid, Malformed, SmallfedError, TooLarge
from smallfed.protocol import hostmeta

BASE = "https://us.example"
TEMPLATE = "https://us.example/.well-known/webfinger?resource={uri}"
BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<XRD><Link rel="lrdd" template="https://x.example/{uri}&b;"/></XRD>"""


@pytest.mark.parametrize("body", [hostmeta.xrd(BASE), hostmeta.jrd(BASE)])
def test_ours_can_be_read(body: bytes) -> None:
    """What we write, others (and we) can read."""
    assert hostmeta.read_template(body) == TEMPLATE


def test_xml_of_others() -> None:
    """Prefixes, other links and other orders do not matter."""
    body = (
        b'<?xml version="1.0"?><x:XRD xmlns:x="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        b'<x:Link rel="other" template="https://no.example/{uri}"/>'
        b"<x:Link template='https://yes.example/wf?a=1&amp;resource={uri}' rel='lrdd'/></x:XRD>"
    )

    assert hostmeta.read_template(body) == "https://yes.example/wf?a=1&resource={uri}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Malformed),
        (b"<XRD><Link></XRD>", Malformed),
        (BOMB, Malformed),
        (b'<?xml version="1.0" encoding="no-such"?><XRD/>', Malformed),
        (b"{", Malformed),
        (b"<XRD/>", Invalid),
        (b'<XRD><Link rel="lrdd" template="javascript:{uri}"/></XRD>', Invalid),
        (b'{"links": [{"rel": "lrdd", "template": "https://x.example/"}]}', Invalid),
        (b"<" * 300_000, TooLarge),
    ],
    ids=range(9),
)
def test_refused(body: bytes, kind: type[SmallfedError]) -> None:
    """Broken, booby-trapped or empty answers are refused."""
    with pytest.raises(kind):
        hostmeta.read_template(body)


@given(st.binary(max_size=100) | st.text(max_size=100).map(lambda text: f"<XRD>{text}</XRD>".encode()))
def test_any_bytes_are_refused(body: bytes) -> None:
    """Nothing raises anything but what we say."""
    with pytest.raises(Invalid):
        hostmeta.read_template(body)
