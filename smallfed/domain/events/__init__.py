"""Events: what has happened, in the past tense, a module for each subject.

``services/consequences`` turns them into rows, the hub tells the loops.

Ids are those of the tables. An event carries what its readers cannot look up any more after the fact.
"""

from smallfed.domain.events import consent, distance, follows, people, polls, posts, relays, tags
from smallfed.domain.events.announcements import AnnouncementGone, AnnouncementMade, AnnouncementReacted
from smallfed.domain.events.consent import (
    InteractionApproved,
    PolicyChanged,
    QuoteAsked,
    QuoteFound,
    QuoteSettled,
    ReplyTurnedDown,
    RequestDenied,
    RequestGranted,
    StampRevoked,
)
from smallfed.domain.events.correspondences import CorrespondenceChanged
from smallfed.domain.events.distance import (
    AccountBlocked,
    AccountMuted,
    AccountRenamed,
    AccountUnblocked,
    DomainBlocked,
    DomainDecided,
)
from smallfed.domain.events.event import Event
from smallfed.domain.events.filters import FiltersChanged
from smallfed.domain.events.follows import (
    FollowAccepted,
    FollowDenied,
    FollowDisowned,
    FollowerLost,
    FollowGranted,
    FollowRefused,
    FollowRequested,
    FollowSent,
    FollowWithdrawn,
    ServerFollowRefused,
)
from smallfed.domain.events.media import FilesDiscarded, FilesKept, MediumTaken
from smallfed.domain.events.people import (
    AccountGone,
    AccountSeen,
    ConsentToSearchChanged,
    EmojisChanged,
    HouseSetUp,
    OwnerDeparted,
    OwnerLeft,
    PreferencesChanged,
    ProfileChanged,
)
from smallfed.domain.events.polls import DeadlineSet, PollEnded, PollTallied, VoteCast
from smallfed.domain.events.posts import (
    BoostUndone,
    LikeUndone,
    OwnerNamed,
    PageRead,
    PictureWithheld,
    PostBookmarked,
    PostBoosted,
    PostDeleted,
    PostEdited,
    PostLiked,
    PostPinned,
    PostPublished,
    PostReceived,
    PostScheduled,
    PostSent,
    PostsHidden,
    PostUnpinned,
)
from smallfed.domain.events.purges import PurgeBegun
from smallfed.domain.events.queues import (
    DeliveriesQueued,
    FetchQueued,
    ImportQueued,
    InboundQueued,
    ListsChanged,
    PushQueued,
    TransferQueued,
)
from smallfed.domain.events.relays import RelayAsked, RelayedQueued, RelayFollows, RelayLeft, RelaysChanged
from smallfed.domain.events.reports import ReportFiled, ReportReceived
from smallfed.domain.events.tags import TagFeatured, TagUnfeatured
from smallfed.domain.events.telling import FollowsSevered, NotificationFiltered, NotificationMade, NotificationsMerged
from smallfed.domain.events.tokens import PasswordChanged, TokensRevoked

SHOWN: tuple[type[Event], ...] = (
    *posts.SHOWN,
    *polls.SHOWN,
    *tags.SHOWN,
    *consent.SHOWN,
    *follows.SHOWN,
    *distance.SHOWN,
    *people.SHOWN,
    *relays.SHOWN,
)
"""After these, something that strangers can read may be different."""

__all__ = [
    "SHOWN",
    "AccountBlocked",
    "AccountGone",
    "AccountMuted",
    "AccountRenamed",
    "AccountSeen",
    "AccountUnblocked",
    "AnnouncementGone",
    "AnnouncementMade",
    "AnnouncementReacted",
    "BoostUndone",
    "ConsentToSearchChanged",
    "CorrespondenceChanged",
    "DeadlineSet",
    "DeliveriesQueued",
    "DomainBlocked",
    "DomainDecided",
    "EmojisChanged",
    "Event",
    "FetchQueued",
    "FilesDiscarded",
    "FilesKept",
    "FiltersChanged",
    "FollowAccepted",
    "FollowDenied",
    "FollowDisowned",
    "FollowGranted",
    "FollowRefused",
    "FollowRequested",
    "FollowSent",
    "FollowWithdrawn",
    "FollowerLost",
    "FollowsSevered",
    "HouseSetUp",
    "ImportQueued",
    "InboundQueued",
    "InteractionApproved",
    "LikeUndone",
    "ListsChanged",
    "MediumTaken",
    "NotificationFiltered",
    "NotificationMade",
    "NotificationsMerged",
    "OwnerDeparted",
    "OwnerLeft",
    "OwnerNamed",
    "PageRead",
    "PasswordChanged",
    "PictureWithheld",
    "PolicyChanged",
    "PollEnded",
    "PollTallied",
    "PostBookmarked",
    "PostBoosted",
    "PostDeleted",
    "PostEdited",
    "PostLiked",
    "PostPinned",
    "PostPublished",
    "PostReceived",
    "PostScheduled",
    "PostSent",
    "PostUnpinned",
    "PostsHidden",
    "PreferencesChanged",
    "ProfileChanged",
    "PurgeBegun",
    "PushQueued",
    "QuoteAsked",
    "QuoteFound",
    "QuoteSettled",
    "RelayAsked",
    "RelayFollows",
    "RelayLeft",
    "RelayedQueued",
    "RelaysChanged",
    "ReplyTurnedDown",
    "ReportFiled",
    "ReportReceived",
    "RequestDenied",
    "RequestGranted",
    "ServerFollowRefused",
    "StampRevoked",
    "TagFeatured",
    "TagUnfeatured",
    "TokensRevoked",
    "TransferQueued",
    "VoteCast",
]
