"""The names of ActivityStreams and of its extensions, as far as we know them.

Spec: https://www.w3.org/TR/activitystreams-vocabulary/, https://www.w3.org/TR/activitypub/; FEP-c0e0, FEP-1b12,
FEP-044f, FEP-7aa9; the rest was found in what servers send.
"""

from collections.abc import Sequence

AS2 = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS2}#Public"
PUBLIC_NAMES = frozenset({PUBLIC, "as:Public", "Public", "http://www.w3.org/ns/activitystreams#Public"})

ACTIVITY_JSON = "application/activity+json"
LD_JSON = f'application/ld+json; profile="{AS2}"'
ACCEPT = f"{LD_JSON}, {ACTIVITY_JSON}"

ACTORS = frozenset({"Person", "Service", "Application", "Group", "Organization"})

NOTES = frozenset({"Note", "Question", "ChatMessage"})
"""Short texts: ``summary`` is a content warning. ChatMessage is Pleroma's and old Lemmy's private message."""

CARDS = frozenset(
    {"Article", "Page", "Event", "Video", "Audio", "Image", "Document", "Review", "Comment", "Quotation", "Rating"}
    | {"Album", "Track", "Story", "Place", "Object"}
)
"""Works with a title: ``summary`` is about them, and there is a page to link to. The second line is BookWyrm's,
Funkwhale's and Pixelfed's."""

POSTS = NOTES | CARDS

COLLECTIONS = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})
KEYS = frozenset({"Key", "CryptographicKey", "Multikey", "PublicKey"})

ACTIVITIES = frozenset(
    {"Follow", "Accept", "Reject", "Undo", "Create", "Update", "Delete", "Like", "Announce", "Block", "Add", "Remove"}
    | {"Flag", "Move", "Dislike", "EmojiReact", "QuoteRequest", "FeatureRequest", "Join", "Leave", "Invite", "Offer"}
    | {"TentativeAccept", "TentativeReject", "View", "Read", "Listen", "Travel", "Arrive", "Ignore", "Lock", "Download"}
    | {"ApproveReply", "RejectReply", "LikeRequest", "ReplyRequest", "AnnounceRequest", "CollectionAdd"}
    | {"EncryptedActivity", "IntransitiveActivity", "Activity"}
)

IDLE = frozenset({"View"})
"""Activities that ask for nothing and come in floods: PeerTube tells of whoever watches a film, Pixelfed a story."""


def known_first(types: Sequence[str]) -> str:
    """Return which of an activity's ``types`` (at least one) to go by: the first one we know, else the first."""
    return next((name for name in types if name in ACTIVITIES), types[0])
