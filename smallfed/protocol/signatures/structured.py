"""Structured fields: the dictionaries in Signature-Input, Signature, Content-Digest and Accept-Signature.

Spec: RFC 9651 (and RFC 8941, which it replaces).
"""

from http_sfv.dictionary import Dictionary
from http_sfv.item import InnerList, Item

from smallfed.errors import Malformed

LONGEST = 16_384
"""Longest field we parse. A signature with its parameters needs about a tenth of it."""

Member = Item | InnerList
Dict = dict[str, Member]


def dictionary(text: str, name: str) -> Dict:
    """Parse the value of the header ``name`` (its lines joined by commas); Malformed when it is no dictionary."""
    if len(text) > LONGEST:
        raise Malformed(f"The header {name} is longer than {LONGEST} characters.")
    parsed = Dictionary()
    try:
        parsed.parse(text.encode("ascii"))
    except ValueError as why:
        raise Malformed(f"The header {name} is not a dictionary of structured fields (RFC 9651).") from why
    return dict(parsed)


def octets(member: Member, name: str) -> bytes:
    """Return the byte sequence that ``member`` of the header ``name`` must be; Malformed when it is anything else."""
    if isinstance(member, Item) and isinstance(member.value, bytes):
        return member.value
    raise Malformed(f"A member of the header {name} is not a byte sequence; write it as :base64:.")


def text(value: Member | Dictionary) -> str:
    """Serialise ``value``, strictly as the RFC says; Malformed when it holds something that cannot be written."""
    try:
        return str(value)
    except ValueError as why:
        raise Malformed("A structured field holds a value that cannot be written again.") from why
