"""ffmpeg and ffprobe, run by a child process: with the files they need, and with nothing else of this machine.

They read what strangers' cameras wrote, in the largest pile of decoders there is (SAFETY §1.3), so they have limits, a
folder of their own, no network, no environment, and end with whoever started them.
"""

import os
import resource
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from smallfed.errors import Invalid
from smallfed.filming import planning, probing
from smallfed.filming.formats import Ffmpeg
from smallfed.filming.probing import Probe
from smallfed.runtime import child, confining

OPEN_FILES = 64
POLITENESS = 10  # added to how nice the server is to everybody else
THREADS = "2"
LEAST_ROOM = 64 << 20  # bytes that may be written, and GROWTH times what came
GROWTH = 4
MOST_SAID = 1 << 20  # bytes of a report
_SYSTEM = tuple(
    Path(path)
    for path in (
        *(
            "/usr",
            "/lib",
            "/lib64",
            "/bin",
            "/opt",
            "/nix/store",
            "/gnu/store",
            "/etc/ld.so.cache",
            "/etc/alternatives",
        ),
        *("/proc/cpuinfo", "/sys/devices/system", "/dev/urandom"),
    )
)
_TICK = 0.5
_BROKEN = "This file cannot be read: it is broken, or of a kind that this server's ffmpeg does not know."


class Projector:
    """Runs the two programs on ``source`` in the folder ``work``, which is theirs."""

    def __init__(self, programs: Ffmpeg, source: Path, demuxer: str, work: Path) -> None:
        self._programs, self._source, self._demuxer, self._work = programs, source, demuxer, work
        self._room = LEAST_ROOM + GROWTH * source.stat().st_size

    def probe(self, file: Path | None = None, demuxer: str | None = None) -> Probe:
        """Return what is in the source, or in a ``file`` of the folder; Invalid for what cannot be read."""
        reading = planning.reading(demuxer or self._demuxer)
        asked = ("-v", "error", *reading, "-print_format", "json", "-show_format", "-show_streams")
        report = self._work / "report"
        with report.open("wb") as into:
            self._run(self._programs.ffprobe, (*asked, str(file or self._source)), into)
        if report.stat().st_size > MOST_SAID:
            raise Invalid(_BROKEN, detail="ffprobe said too much")
        return probing.read(report.read_bytes())

    def make(self, name: str, arguments: Sequence[str], *, before: Sequence[str] = ()) -> Path:
        """Return the file ``name`` of the folder as ``arguments`` make it; Invalid when nothing comes of it."""
        made = self._work / name
        how = ("-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", THREADS)
        source = (*before, *planning.reading(self._demuxer), "-i", str(self._source))
        self._run(self._programs.ffmpeg, (*how, *source, *arguments, "-threads", THREADS, str(made)))
        if not made.is_file() or not made.stat().st_size:
            raise Invalid(_BROKEN, detail=f"ffmpeg wrote no {name}")
        return made

    def maps_tones(self) -> bool:
        """Whether ffmpeg was built with what shows HDR on other screens."""
        said = self._work / "filters"
        with said.open("wb") as into:
            self._run(self._programs.ffmpeg, ("-hide_banner", "-loglevel", "error", "-filters"), into)
        return b" zscale " in said.read_bytes()[:MOST_SAID]

    def _run(self, program: Path, arguments: Sequence[str], into: object = subprocess.DEVNULL) -> None:
        complaint = self._work / "complaint"
        with complaint.open("wb") as said:
            process = subprocess.Popen(  # noqa: S603 - the arguments are ours, and no shell sees them
                [str(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=into,  # type: ignore[call-overload]
                stderr=said,
                cwd=self._work,
                env={name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
                preexec_fn=self._confine,  # noqa: PLW1509 - the child has one thread
            )
            code = _awaited(process)
        if code:
            raise _failed(code, complaint)

    def _confine(self) -> None:
        confining.die_with_parent()
        with suppress(OSError):  # where a sandbox forbids even that
            os.nice(POLITENESS)
        child.limit(resource.RLIMIT_FSIZE, self._room, self._room)
        child.limit(resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES)
        programs = (Path(self._programs.ffmpeg), Path(self._programs.ffprobe))
        confining.keep_to((*_SYSTEM, *programs, *(each.resolve() for each in programs), self._source), (self._work,))


def _awaited(process: subprocess.Popen[bytes]) -> int:
    """Return the exit code; whoever has lost their parent ends with what they have started."""
    parent = os.getppid()
    while True:
        try:
            return process.wait(_TICK)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                process.kill()
                raise SystemExit(1) from None


def _failed(code: int, complaint: Path) -> Invalid:
    said = complaint.read_bytes()[-4096:].decode(errors="replace").strip()
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return Invalid(
            "This film takes too long to prepare here. Make it shorter, or upload it as H.264 in MP4.", detail=said
        )
    if code == -signal.SIGXFSZ or "File too large" in said:
        return Invalid("This film would become too large. Make it shorter, or upload it as H.264 in MP4.", detail=said)
    if "Unknown encoder" in said:
        return Invalid("This server's ffmpeg was built without what is needed (libx264, libmp3lame).", detail=said)
    return Invalid(_BROKEN, detail=f"ended with {code}: {said}")
