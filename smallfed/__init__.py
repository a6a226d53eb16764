"""smallfed: a lightweight single-user ActivityPub server."""

__version__ = "0.1.0"
MASTODON = "4.5.0"  # what apps may expect of us, by Mastodon's count; Ice Cubes reads its first three characters
