"""Options: how far strangers are heard at once."""

from typing import Annotated

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import BOOLEAN, NUMBER


class Strangers(Struct, frozen=True, kw_only=True):
    """How far people are heard with whom you have nothing to do. What is too much waits in `smallfed review`."""

    mentions: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="A post by a stranger that names so many people, or more, is held. 0: however many.",
            example="12",
        ),
    ] = 8
    hashtags: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="A post by a stranger with so many hashtags, or more, is held. 0: however many.",
            example="20",
        ),
    ] = 12
    new_for_hours: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="For how many hours after this server first heard of them, or after they say they began, strangers "
            "are new: their posts with a link or a picture are held. 0: nobody is new.",
            example="72",
        ),
    ] = 24
    per_host: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many notifications an hour the strangers of one server may cause before the rest is held, as "
            "one. 0: however many.",
            example="20",
        ),
    ] = 60
    new_accounts: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="When more accounts than this that say to be younger than a week follow, like, boost or say something "
            "within an hour, or twice as many within a day, all of it is held, as one. 0: however many.",
            example="50",
        ),
    ] = 5
    unasked: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="How many strangers an hour may speak to you out of nothing, not in a thread of yours, before the rest "
            "is held, as one. 0: however many.",
            example="5",
        ),
    ] = 20
    follows: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="When more strangers than this want to follow you within an hour, they have to ask, and you are told "
            "of them as one. 0: however many.",
            example="100",
        ),
    ] = 20
    thread: Annotated[
        int,
        About(
            kind=NUMBER,
            doc="When more strangers than this have something to say in a thread of yours within an hour, you are "
            "asked whether you want calm there (`smallfed calm`). 0: never.",
            example="100",
        ),
    ] = 30
    waves: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Whether things are likened to each other that strangers send, so that a wave of them is seen.",
            example="false",
        ),
    ] = True
