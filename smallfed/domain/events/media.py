"""What has happened to files that the owner uploaded."""

from smallfed.domain.events.event import Event


class MediumTaken(Event, frozen=True, kw_only=True):
    """Something was uploaded, and is to be read."""

    medium: int


class FilesKept(Event, frozen=True, kw_only=True):
    """Files are on the disk, and something refers to them from now on."""

    names: tuple[str, ...]  # paths below the media folder


class FilesDiscarded(Event, frozen=True, kw_only=True):
    """Nothing refers to some files any more."""
