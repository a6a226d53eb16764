"""What is to be known of an option, whatever it is about."""

from msgspec import Struct

from smallfed.config.kinds import Kind


class About(Struct, frozen=True, kw_only=True):
    """What is to be known of an option. ``alarm`` is said by a running server whenever the value is not the default."""

    kind: Kind
    doc: str
    example: str
    alarm: str = ""
