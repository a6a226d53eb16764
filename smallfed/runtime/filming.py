"""Uploaded films and sounds become those that are shown, in a child process: by ffmpeg, or without it by ourselves."""

from pathlib import Path

from msgspec import Struct, structs

from smallfed.errors import Invalid
from smallfed.filming import cleaning, planning, tags
from smallfed.filming.formats import FORMATS, Ffmpeg, Means
from smallfed.filming.measures import Measures, bits
from smallfed.filming.probing import Probe
from smallfed.imaging.sniffing import HEAD, sniff
from smallfed.runtime.ffmpeg import Projector


class Made(Struct, frozen=True, kw_only=True):
    """A file that can be shown, what it is, and the file of a picture that stands for it, if there is one."""

    file: Path
    measures: Measures
    poster: Path | None


def develop(source: Path, media_type: str, means: Means, work: Path) -> Made:
    """Return what becomes of a film or a sound, in the folder ``work``; Invalid for what cannot be shown."""
    if media_type == "audio/mpeg":
        with source.open("rb") as came:
            media_type = tags.beneath(came, source.stat().st_size)
    if means.ffmpeg is None:
        file = work / "film"
        with source.open("rb") as came, file.open("wb") as into:
            measures = cleaning.clean(media_type, came, into)
        return Made(file=file, measures=_told(file, measures), poster=None)
    projector = Projector(means.ffmpeg, source, FORMATS[media_type].demuxer, work)
    probe = projector.probe()
    plan = planning.plan(probe, tone_mapped=probe.film is not None and probe.film.is_bright and projector.maps_tones())
    file = projector.make(f"film.{plan.ending}", plan.arguments)
    if plan.is_quick and plan.ending == "mp3":  # of what ffmpeg takes along between frames nothing is heard
        file = _only_frames(file, work / "frames.mp3")
    return Made(file=file, measures=_measured(projector, file), poster=_poster(projector, probe))


def _only_frames(file: Path, into: Path) -> Path:
    with file.open("rb") as came, into.open("wb") as target:
        cleaning.clean("audio/mpeg", came, target)
    return into


def silent(source: Path, size: tuple[int, int], media_type: str, programs: Ffmpeg, work: Path) -> Made:
    """Return the film that a moving picture of this ``size`` becomes, in the folder ``work``."""
    demuxer = "gif" if media_type == "image/gif" else "apng"
    projector = Projector(programs, source, demuxer, work)
    plan = planning.silent(*size)
    file = projector.make(f"film.{plan.ending}", plan.arguments)
    return Made(file=file, measures=_measured(projector, file), poster=None)


def _measured(projector: Projector, file: Path) -> Measures:
    with file.open("rb") as head:
        media_type = sniff(head.read(HEAD))
    if media_type is None or media_type not in FORMATS:
        raise Invalid("This file cannot be processed.", detail=f"ffmpeg wrote {media_type}")
    probe = projector.probe(file, FORMATS[media_type].demuxer)
    film = probe.film
    measures = Measures(media_type=media_type, duration=probe.duration)
    if film is not None:
        rate = None if film.rate is None else f"{film.rate.numerator}/{film.rate.denominator}"
        measures = structs.replace(measures, width=film.width, height=film.height, frame_rate=rate)
    return _told(file, measures)


def _told(file: Path, measures: Measures) -> Measures:
    return structs.replace(measures, bit_rate=bits(file.stat().st_size, measures.duration))


def _poster(projector: Projector, probe: Probe) -> Path | None:
    """Return a picture of a film, or the one that came with a sound; a sound's is left out where it is broken."""
    if probe.film is not None:
        early = min(1.0, (probe.duration or 0) / 3)
        try:
            before, after = planning.still(probe.film, early)
            return projector.make("poster.png", after, before=before)
        except Invalid:  # it is shorter than it says
            before, after = planning.still(probe.film, 0)
            return projector.make("poster.png", after, before=before)
    if probe.cover is None:
        return None
    try:
        return projector.make("cover", planning.cover(probe.cover))
    except Invalid:
        return None
