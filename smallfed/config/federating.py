"""Options: with whom this server has to do."""

from typing import Annotated, Literal

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import NUMBER, choice


class Federation(Struct, frozen=True, kw_only=True):
    """With whom this server has to do. What you decide about single servers is kept in the database."""

    mode: Annotated[
        Literal["open", "allow-list"],
        About(
            kind=choice("open", "allow-list"),
            doc='"open": with everybody but those you block. "allow-list": only with the servers that you have let in '
            "by `smallfed allow`. Whom you follow elsewhere is frozen meanwhile, not lost.",
            example='"allow-list"',
        ),
    ] = "open"
    final_after_days: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="After how many days the block of a server becomes final by itself: then follows with people there "
            "end, and they are told. Until then a block only freezes them, and lifting it brings them back. 0: only "
            "when you say so, by `smallfed block HOST --final`.",
            example="30",
        ),
    ] = 0
    ledger_days: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="For how many days `smallfed ledger` says what was refused, and why. It never takes more than 50 MB.",
            example="30",
        ),
    ] = 14
