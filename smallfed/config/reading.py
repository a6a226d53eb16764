"""Options: what is read from other servers without being sent."""

from typing import Annotated

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import BOOLEAN, NUMBER


class Conversations(Struct, frozen=True, kw_only=True):
    """How much may be asked of other servers so that conversations are whole: posts above, and answers below.

    `smallfed conversations` shows what was spent today, and which limit ended what.
    """

    opened: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many requests a conversation may cost that you open in an app. They take a minute at most, ten "
            "seconds of which bring most of what there is. 0 brings nothing.",
            example="1000",
        ),
    ] = 600
    aside: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many requests a conversation may cost that is completed before you open it: when somebody you "
            "follow has said something, or somebody has answered or mentioned you. 0 completes nothing.",
            example="50",
        ),
    ] = 200
    per_host: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many requests for conversations one server gets in a day at most.",
            example="1000",
        ),
    ] = 5000
    per_day: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many requests for conversations all servers together get in a day at most.",
            example="5000",
        ),
    ] = 20_000


class Past(Struct, frozen=True, kw_only=True):
    """What people on other servers wrote before you knew them: read from their servers when you look at a profile."""

    read: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether the posts of a profile are read from its own server when you look further back than what "
            "was sent here. Without it you see only what has arrived.",
            example="false",
        ),
    ] = True
    pages_per_view: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many pages (of some twenty posts, as the other server makes them) are read at most, beside the "
            "newest, whenever an app asks for more of a profile.",
            example="5",
        ),
    ] = 10
    pages_per_host: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many such pages are read from one server at most in a day.",
            example="100",
        ),
    ] = 500
    pages_per_day: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many such pages are read from all servers together at most in a day.",
            example="500",
        ),
    ] = 3000
    keep_days: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many days posts that were only read so are kept after you last looked at the profile. What you "
            "liked, boosted, bookmarked or answered stays, and so does everything by people you follow.",
            example="7",
        ),
    ] = 30


class Away(Struct, frozen=True, kw_only=True):
    """What is missed while this server does not run: servers that give up soon are asked for it afterwards."""

    catch_up: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether, after a time in which this server did not run, the people you follow are asked for what "
            "they wrote meanwhile, where their server does not send it by itself; and once a day those on servers "
            "that sent nothing for days. One request a second goes to each server.",
            example="false",
        ),
    ] = True
    pages: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many pages of some twenty posts are read back of each of them at most.",
            example="3",
        ),
    ] = 10
    days: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many days are read back at most, however long this server did not run.",
            example="7",
        ),
    ] = 30
