"""Language codes as people and servers write them, in the one spelling of the standard.

Spec: BCP 47 (https://www.rfc-editor.org/rfc/rfc5646), language with optional script, region and variants.
"""

import re

_CODE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3})){0,3})",
    re.ASCII | re.IGNORECASE,
)


def normal_language(code: str) -> str | None:
    """Return ``code`` as the standard writes it (``pt_br`` gives ``pt-BR``), or None when it is no language code.

    Whether such a language exists is not checked.
    """
    match = _CODE.fullmatch(code.strip().replace("_", "-"))
    if match is None:
        return None
    parts = [match["language"].lower(), (match["script"] or "").title(), (match["region"] or "").upper()]
    return "-".join(part for part in parts if part) + match["variants"].lower()
