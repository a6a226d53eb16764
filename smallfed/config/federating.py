"""Options: with whom this server has to do."""

from typing import Annotated, Literal

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import BOOLEAN, NUMBER, choice


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
    authorized_fetch: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether other servers have to sign their requests to read your profile and posts, so that whom you "
            "block cannot read them that way. It costs: every copy is made anew, servers that sign nothing see nothing "
            "of you, and your pages stay open to everybody with a browser.",
            example="true",
        ),
    ] = False
    final_after_days: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="After how many days the block of a server becomes final by itself: then follows with people there "
            "end, and they are told. Until then a block only freezes them, and lifting it brings them back. What lists "
            "of others have brought about never becomes final. 0: only "
            "when you say so, by `smallfed block HOST --final`.",
            example="30",
        ),
    ] = 0
    lists_block_at: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How much the lists that you subscribe to (`smallfed lists`) have to weigh together to block a server "
            "or somebody. A list weighs 1 unless you say otherwise; one that you trust to block by its own word is "
            "given this weight.",
            example="3",
        ),
    ] = 2
    lists_limit_at: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How much they have to weigh together to limit a server or somebody.",
            example="2",
        ),
    ] = 1
    publish_blocks: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether others may subscribe to what you block and limit, at /blocks.csv, as Mastodon writes it. Your "
            "private comments are never in it, nor servers whose name you show in part only.",
            example="true",
        ),
    ] = False
    ledger_days: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="For how many days `smallfed ledger` says what was refused, and why. It never takes more than 50 MB.",
            example="30",
        ),
    ] = 14
