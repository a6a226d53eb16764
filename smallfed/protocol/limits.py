"""The one table of what a document of another server may contain: applied while it is read.

Lists and texts are cut at their limit, a document that is too deep is refused. Names, bios and alternative accounts
have the limits that Mastodon has, so that what is a profile there is one here.

Spec: SAFETY §2; GHSA-gg8q, GHSA-6x3w (what no limits led to).
"""

DEPTH = 64  # nested objects and arrays

URI = 2048
NAME = 2048
USERNAME = 2048
BIO = 20 * 1024
FIELDS = 16
FIELD = 2047
ALIASES = 256
ATTRIBUTIONS = 256  # domains of websites that may name an account as an author
KEYS = 10

CONTENT = 512 * 1024
SUMMARY = 5000
TITLE = 2048
DESCRIPTION = 10_000
REACTION = 400  # of a custom emoji with its server
REACTIONS = 10  # of one account to one post
HANDLE = 2048

WRAPPED = 20  # activities in a collection that is sent to the inbox, as Misskey takes them

TAGS = 100  # looked at, of any kind
MENTIONS = 50
EMOJIS = 50
SHORTCODE = 2048
HASHTAG = 255
ATTACHMENTS = 16
LIST_TITLE = 256  # of the owner's lists, as Mastodon
VERSIONS = 20  # earlier ones of a post, that it tells itself
COMPLAINT = 5000  # of the comment of a Flag, as Mastodon
COMPLAINED = 100  # people and posts that a Flag names
OPTIONS = 500  # of a poll
OPTION = 2048
RECIPIENTS = 2000
POLICY = 100  # actors and collections in one part of an interaction policy
LINKS = 100  # alternatives in one ``url``

DISCOVERY = 256 * 1024  # bytes of a webfinger, host-meta or nodeinfo document
