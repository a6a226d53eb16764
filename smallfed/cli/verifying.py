"""smallfed media verify: whether all files are what the database says, and whether there are others."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from smallfed.cli.check import DRAWN, discarded, emoji_pictures, pictures_of_posts, uploads
from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.exits import Exit
from smallfed.cli.flags import as_json
from smallfed.cli.pruning import batches, delete_discarded
from smallfed.cli.tables import number, print_json
from smallfed.policy.evicting import Part

if TYPE_CHECKING:
    from smallfed.store.tx import Tx

YOUNG = 3600.0  # seconds: what is younger may be on its way into the database
ASTRAY = "astray"  # folder below that of media for files that belong to nothing

Judge = Callable[["Expected"], str | None]

MISSING, DAMAGED = "is not there", "is damaged"
STRAY = "belongs to nothing"


class Expected(Struct, frozen=True, kw_only=True):
    """A file that should be there. ``copy`` and ``part`` say of what it is; None: it is the owner's own."""

    name: str
    digest: bytes | None = None
    size: int | None = None
    copy: int | None = None
    part: Part = Part.ORIGINAL


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is wrong with a file; ``own``: it is the owner's, and nobody can bring it back."""

    name: str
    what: str
    own: bool = False


@click.command("verify", short_help="Compare all files with the database.")
@click.option("--repair", is_flag=True, help="Put aside what belongs to nothing; have lost copies fetched again.")
@as_json
@pass_invocation
def verify(invocation: Invocation, repair: bool, as_json: bool) -> int:
    """Compare all files with the database: each is read and its hash compared. Works while the server runs.

    What is only in the bucket is read from there.

    With --repair files that belong to nothing are moved to the folder media/astray, where you can look at them and
    delete them; copies of others' media that are gone or damaged count as evicted, and come again when you look at
    them. Files of your own that are gone or damaged are only reported: bring them back from a backup. Exit code 1 when
    something was found.
    """
    from smallfed.cli.reach import reading

    media = invocation.data / "media"
    with reading(invocation) as tx:
        expected = [*_own(tx, media), *_copies(tx)]
        ignored = {*DRAWN, *discarded(tx)}
        elsewhere = _elsewhere(invocation, tx)
    wrong = [(each, what) for each, what in _compared(media, expected, elsewhere)]
    with reading(invocation) as tx:  # what came while we read
        wanted = {each.name for each in (*_own(tx, media), *_copies(tx))}
        known = wanted | {each.name for each in expected} | ignored | {*discarded(tx)}
    wrong = [(each, what) for each, what in wrong if each.name in wanted]
    astray = [name for name in _strays(media) if name not in known]
    findings = [
        *(Finding(name=each.name, what=what, own=each.copy is None) for each, what in wrong),
        *(Finding(name=name, what=STRAY) for name in astray),
    ]
    if repair:
        _repair(invocation, [each for each, _ in wrong], astray)
    _say(findings, len(expected), repaired=repair, as_json=as_json)
    return Exit.FAILED if findings else Exit.OK


def _own(tx: "Tx", media: Path) -> Iterator[Expected]:
    from smallfed.services.uploading import FILES
    from smallfed.store import media as rows

    hashed = {f"{FILES}/{name}": (digest, size) for name, digest, size in rows.digests(tx)}
    for name in sorted({*uploads(tx), *pictures_of_posts(tx), *emoji_pictures(tx, media)}):
        digest, size = hashed.get(name, (None, None))
        yield Expected(name=name, digest=digest, size=size)


def _copies(tx: "Tx") -> Iterator[Expected]:
    from smallfed.store import holdings

    after = 0
    while found := holdings.files(tx, after, 1000):
        for copy in found:
            if copy.file is not None:
                name = f"{holdings.FOLDER}/{copy.file}"
                yield Expected(name=name, digest=copy.digest, size=copy.size, copy=copy.id)
            if copy.preview is not None:
                name = f"{holdings.FOLDER}/{copy.preview}"
                yield Expected(name=name, size=copy.preview_size, copy=copy.id, part=Part.PREVIEW)
        after = found[-1].id


def _elsewhere(invocation: Invocation, tx: "Tx") -> Judge:
    """Return what says what is wrong with a file that is not on this machine: it may be in the bucket."""
    from smallfed.runtime.bucket import opened
    from smallfed.store import placements

    bucket = opened(invocation.config.s3)
    there = {each.name: each.digest for each in placements.after(tx, "", -1) if each.there and each.wanted.is_there}

    def judge(each: Expected) -> str | None:
        if bucket is None or each.name not in there:
            return MISSING
        found = bucket.whole(each.name)
        if found is None:
            return MISSING
        return None if found.digest == there[each.name] == (each.digest or found.digest) else DAMAGED

    return judge


def _compared(media: Path, expected: Sequence[Expected], elsewhere: Judge) -> Iterator[tuple[Expected, str]]:
    for batch in batches(expected, "reading"):
        for each in batch:
            what = _judged(media / each.name, each)
            if what is MISSING:
                what = elsewhere(each)
            if what is not None:
                yield each, what


def _judged(path: Path, each: Expected) -> str | None:
    try:
        with path.open("rb") as file:
            if each.size is not None and path.stat().st_size != each.size:
                return DAMAGED
            if each.digest is not None and file_digest(file, "sha256").digest() != each.digest:
                return DAMAGED
    except FileNotFoundError:
        return MISSING
    except OSError:
        return DAMAGED
    return None


def _strays(media: Path) -> list[str]:
    """Return the files that are old enough to be in the database if they ever will be."""
    from smallfed.runtime.clock import Clock
    from smallfed.runtime.folders import names

    young = Clock().now().timestamp() - YOUNG
    return [
        name
        for name in names(media)
        if not name.startswith(f"{ASTRAY}/") and (media / name).is_file() and (media / name).stat().st_mtime < young
    ]


def _repair(invocation: Invocation, wrong: Sequence[Expected], astray: Sequence[str]) -> None:
    from smallfed.cli.reach import call

    media = invocation.data / "media"
    lost = [(each.copy, each.part) for each in wrong if each.copy is not None]
    for batch in batches(lost, "noting"):
        call(invocation, "media.lose", lost=batch)
    if lost:
        delete_discarded(invocation)
    for name in astray:
        target = media / ASTRAY / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (media / name).rename(target)


def _say(findings: Sequence[Finding], looked_at: int, *, repaired: bool, as_json: bool) -> None:
    if as_json:
        print_json({"files": looked_at, "repaired": repaired, "findings": findings})
        return
    for finding in findings:
        click.echo(f"{'YOURS: ' if finding.own else ''}{finding.name} {finding.what}")
    click.echo(f"{number(looked_at, 'file')} looked at, {number(len(findings), 'finding')}.")
    own = Counter(finding.own for finding in findings)[True]
    if own:
        click.echo(f"{number(own, 'file')} of your own cannot be brought back from anywhere but a backup of yours.")
    if repaired and len(findings) > own:
        click.echo("The others are repaired.")
