"""Pictures for the custom emoji in HTML that is safe already: only between tags, never inside one.

Spec: SAFETY §1.3: emoji put into attributes have opened pages to strangers before.
"""

import re
from collections.abc import Mapping
from html import escape

_PIECES = re.compile(r"""<(?:[^"'>]|"[^"]*+"|'[^']*+')*+>|:([A-Za-z0-9_]{2,64}):""")


def illustrated(html: str, pictures: Mapping[str, str]) -> str:
    """Return sanitised ``html`` with a picture for each ``:shortcode:`` in its text that has an address."""
    return _PIECES.sub(lambda piece: _picture(piece, pictures), html) if pictures else html


def _picture(piece: re.Match[str], pictures: Mapping[str, str]) -> str:
    address = pictures.get(piece[1] or "")
    if address is None:
        return piece[0]
    return f'<img class="emoji" src="{escape(address)}" alt="{piece[0]}" title="{piece[0]}">'
