"""Options: pictures that the owner uploads."""

from typing import Annotated

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.kinds import between


class Media(Struct, frozen=True, kw_only=True):
    """How much you may upload with your posts. Apps are told, and keep to it."""

    picture_megabytes: Annotated[
        int,
        About(
            kind=between(1, 1000),
            doc="How many megabytes a picture may have that you upload. What is shown is smaller: pictures of more "
            "than 3840 × 2160 pixels are scaled down. A proxy in front must let as much through.",
            example="40",
        ),
    ] = 16
    per_post: Annotated[
        int,
        About(
            kind=between(1, 16),
            doc="How many pictures a post of yours may have, up to 16. Mastodon shows the first four of them "
            "and says that there are more.",
            example="8",
        ),
    ] = 4

    @property
    def picture_bytes(self) -> int:
        """How many bytes a picture may have."""
        return self.picture_megabytes << 20
