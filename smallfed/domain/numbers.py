"""Numbers in addresses: what may be the id of a row, and what cannot.

Spec: RULINGS 12; https://www.sqlite.org/datatype3.html (integers have 64 bits).
"""

LARGEST = (1 << 63) - 1


def number(text: str) -> int | None:
    """Return the id that ``text`` spells in plain digits, None for what can be none."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > LARGEST:
        return None
    return int(text)
