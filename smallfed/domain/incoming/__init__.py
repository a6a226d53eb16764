"""What arrived, understood: the facts that a document of another server states, before anybody believes them.

``translate/inward`` makes these, ``inbox`` and ``services`` judge and store them. All HTML in here is sanitised
already, all URLs are http(s), all lists are cut to their limits; nothing else about the content is checked.
"""

from smallfed.domain.incoming.activity import Arrival, Handed, Incoming, NotUnderstood
from smallfed.domain.incoming.consent import IncomingQuote, IncomingStamp
from smallfed.domain.incoming.featuring import Add, Remove
from smallfed.domain.incoming.moderating import Flag, Lock
from smallfed.domain.incoming.people import IncomingAccount, IncomingKey
from smallfed.domain.incoming.polls import IncomingOption, IncomingPoll
from smallfed.domain.incoming.posts import IncomingMention, IncomingPost, IncomingVersion, Shown
from smallfed.domain.incoming.publishing import Create, Delete, Mentioned, UpdateAccount, UpdatePost, Votes
from smallfed.domain.incoming.reacting import Announce, Like, Request
from smallfed.domain.incoming.relating import Accept, Block, Follow, FollowReference, Move, Reject, Undo

__all__ = [
    "Accept",
    "Add",
    "Announce",
    "Arrival",
    "Block",
    "Create",
    "Delete",
    "Flag",
    "Follow",
    "FollowReference",
    "Handed",
    "Incoming",
    "IncomingAccount",
    "IncomingKey",
    "IncomingMention",
    "IncomingOption",
    "IncomingPoll",
    "IncomingPost",
    "IncomingQuote",
    "IncomingStamp",
    "IncomingVersion",
    "Like",
    "Lock",
    "Mentioned",
    "Move",
    "NotUnderstood",
    "Reject",
    "Remove",
    "Request",
    "Shown",
    "Undo",
    "UpdateAccount",
    "UpdatePost",
    "Votes",
]
