"""Options: which requests to follow you are accepted by themselves."""

from typing import Annotated

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import BOOLEAN, NUMBER


class FollowRequests(Struct, frozen=True, kw_only=True):
    """Which requests are accepted by themselves where you decide who follows you (your app: "require approval").

    Never those of whom you mute, of servers that you limit, of whom a rule holds, or while too many strangers ask at
    once (`[strangers] follows`). `smallfed requests` lists who waits, and why.
    """

    accept_followed: Annotated[
        bool,
        About(kind=BOOLEAN, doc="Whether people whom you follow may follow you without asking.", example="true"),
    ] = False
    accept_after_days: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="After how many days that this server has known them others may, too: it is looked again every hour. "
            "0: never.",
            example="7",
        ),
    ] = 0
    needs_profile: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether those others must have a picture, and say something of themselves.",
            example="false",
        ),
    ] = True
