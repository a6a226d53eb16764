"""Options: what the owner uploads, and what is kept of others' media."""

from typing import Annotated, Literal

from msgspec import Struct

from smallfed.config.about import About
from smallfed.config.amounts import size
from smallfed.config.kinds import OPTIONAL_HOST, PROGRAM, between, choice


class Media(Struct, frozen=True, kw_only=True):
    """Pictures, films and sounds. What you may upload is told to apps, and they keep to it."""

    picture_megabytes: Annotated[
        int,
        About(
            kind=between(1, 1000),
            doc="How many megabytes a picture may have that you upload. What is shown is smaller: pictures of more "
            "than 3840 × 2160 pixels are scaled down. A proxy in front must let as much through.",
            example="40",
        ),
    ] = 16
    film_megabytes: Annotated[
        int,
        About(
            kind=between(1, 1000),
            doc="The same for films and sounds. Servers of others fetch them whole; many take no more than 40 or "
            "99 megabytes.",
            example="200",
        ),
    ] = 99
    per_post: Annotated[
        int,
        About(
            kind=between(1, 16),
            doc="How many pictures a post of yours may have, up to 16, or else one film or sound. Mastodon shows "
            "the first four of them and says that there are more.",
            example="8",
        ),
    ] = 4
    ffmpeg: Annotated[
        str,
        About(
            kind=PROGRAM,
            doc='Where ffmpeg is, which prepares films and sounds: "auto" looks for it, "off" leaves it alone; or the '
            "path of the program, with ffprobe beside it. Without it MP4 (H.264 with AAC), WebM, MP3, AAC, Ogg, "
            "Opus, FLAC and WAV are freed of metadata and kept as they are, films have no preview, and everything "
            "else is refused.",
            example='"off"',
        ),
    ] = "auto"
    gifs: Annotated[
        Literal["film", "keep"],
        About(
            kind=choice("film", "keep"),
            doc='What becomes of moving GIFs and PNGs where ffmpeg is: a "film" without sound that goes round and '
            "round, as on Mastodon, which is a tenth as large and stops where people want no movement; or they "
            'are kept ("keep"). What one can see through is kept in either case.',
            example='"keep"',
        ),
    ] = "film"
    host: Annotated[
        str | None,
        About(
            kind=OPTIONAL_HOST,
            doc="Another host name under which media are loaded, yours and those of others, so that nothing in a file "
            "can reach into your server's own pages. Its requests must arrive here, too: point it at the same proxy. "
            "Addresses under your domain go on to work.",
            example='"media.example.org"',
        ),
    ] = None
    remote_megabytes: Annotated[
        int,
        About(
            kind=between(1, 4000),
            doc="How many megabytes a film or sound of others may have to be kept here. What is larger is passed on to "
            "you piece by piece and not kept. Pictures of others may have 16 megabytes.",
            example="100",
        ),
    ] = 40
    disk_budget: Annotated[
        int | None,
        About(
            kind=size(least=50 * 10**6),
            doc="How much room pictures and films may take on the disk, yours and copies of others' together. Yours "
            "stay for ever and are counted; what is left is for copies, of which those go first that are worth least: "
            "large, of strangers, and not looked at for long. What has gone is fetched again when somebody looks at "
            'it. Or "unlimited": then copies go by their age alone.',
            example='"50 GB"',
        ),
    ] = 10 * 10**9

    @property
    def picture_bytes(self) -> int:
        """How many bytes a picture may have."""
        return self.picture_megabytes << 20

    @property
    def remote_bytes(self) -> int:
        """How many bytes a film or sound of others may have to be kept."""
        return self.remote_megabytes << 20

    @property
    def film_bytes(self) -> int:
        """How many bytes a film or a sound may have."""
        return self.film_megabytes << 20
