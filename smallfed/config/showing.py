"""Options: what this server says about itself to apps, and through them to everybody who looks."""

from typing import Annotated, Literal

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import TEXT, TEXTS, choice


class Instance(Struct, frozen=True, kw_only=True):
    """What apps show about this server. Long texts are Markdown; what is empty is not shown."""

    email: Annotated[
        str,
        About(
            kind=TEXT,
            doc="An address at which people reach whoever runs this server. Everybody can read it.",
            example='"alice@example.org"',
        ),
    ] = ""
    description: Annotated[
        str,
        About(
            kind=TEXT,
            doc='A longer text about this server; between """ it may have several lines.',
            example='"A server for **one**."',
        ),
    ] = ""
    rules: Annotated[
        tuple[str, ...],
        About(
            kind=TEXTS,
            doc="Rules of this server: apps show them, and people who report something say which was broken. In the "
            "environment: with commas between several.",
            example='["Be kind", "No advertising"]',
        ),
    ] = ()
    privacy_policy: Annotated[
        str,
        About(
            kind=TEXT,
            doc="The privacy policy, for those who need one.",
            example='"Nothing is kept that you did not send."',
        ),
    ] = ""
    terms: Annotated[
        str,
        About(
            kind=TEXT,
            doc="The terms of service, for those who need some.",
            example='"Nobody else can have an account here."',
        ),
    ] = ""
    domain_blocks: Annotated[
        Literal["owner", "everybody"],
        About(
            kind=choice("owner", "everybody"),
            doc='Who may read which domains you block: only you ("owner"), or "everybody".',
            example='"everybody"',
        ),
    ] = "owner"
