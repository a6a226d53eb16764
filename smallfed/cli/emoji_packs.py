"""smallfed emoji import and export: whole packs of custom emoji, as other software writes and reads them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.flags import as_json
from smallfed.cli.tables import clean, number, print_json

if TYPE_CHECKING:
    from smallfed.domain.custom_emoji import CustomEmoji
    from smallfed.translate.packs import Named

AT_ONCE = 16  # emoji that are made and stored together: what a stopped import has done stays
LISTS = 4 << 20  # bytes of a list in a pack


class Report:
    """What became of each emoji, for people line by line as it comes and for programs as a whole."""

    def __init__(self, *, quiet: bool) -> None:
        self.outcomes: list[dict[str, str]] = []
        self._quiet = quiet

    def tell(self, shortcode: str, outcome: str, reason: str = "") -> None:
        """Note what became of one; what was refused is said at once."""
        self.outcomes.append({"shortcode": shortcode, "outcome": outcome, "reason": reason})
        if outcome == "refused" and not self._quiet:
            click.echo(f":{clean(shortcode)}: {clean(reason)}", err=True)

    def count(self, *outcomes: str) -> int:
        """Return how many had one of these outcomes."""
        return sum(each["outcome"] in outcomes for each in self.outcomes)

    def close(self, *, doing: str) -> None:
        """Say what became of all, and fail if something was refused."""
        if self._quiet:
            print_json(self.outcomes)
        else:
            kept = self.count("kept")
            said = f"{number(self.count('added', 'replaced'), 'emoji', 'emoji')} {doing}"
            click.echo(said + (f", {kept} there already." if kept else "."))
        if refused := self.count("refused"):
            fail(f"{number(refused, 'emoji', 'emoji')} could not be {doing}")


@click.command("import", short_help="Add the emoji in an archive or a folder.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--category", metavar="TEXT", help="Where apps list them, whatever the archive says.")
@click.option("--prefix", metavar="TEXT", default="", help="What their names begin with here.")
@click.option("--suffix", metavar="TEXT", default="", help="What their names end with here.")
@click.option("--overwrite", is_flag=True, help="Let them take the place of yours that have the same name.")
@click.option("--hidden", is_flag=True, help="They can be written, but apps do not list them for picking.")
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@as_json
@pass_invocation
def import_(
    invocation: Invocation,
    path: Path,
    category: str | None,
    prefix: str,
    suffix: str,
    overwrite: bool,
    hidden: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    r"""Add the emoji in a tar, a tar.gz, a zip or a folder.

    What Mastodon (tootctl emoji export), Misskey, Pleroma and Akkoma write is understood, with categories and licences
    where they have them; otherwise each picture has the name of its file. What cannot stand in a name becomes _. Yours
    of the same name stay, unless you say --overwrite; so an import that was stopped goes on when you start it again.

    \b
    Examples:
      smallfed emoji import export.tar.gz --category Cats
      smallfed emoji import pack.zip --prefix fox_ --dry-run
    """
    from smallfed.cli.reach import reading
    from smallfed.store import emojis

    with reading(invocation) as tx:
        here = {emoji.shortcode for emoji in emojis.all_(tx)}
    report, waiting = Report(quiet=as_json), list[tuple[dict[str, object], bytes]]()
    for named, data in _packed(path):
        shortcode = f"{prefix}{named.shortcode}{suffix}"
        if reason := _unfit(shortcode, data):
            report.tell(shortcode or named.name, "refused", reason)
        elif shortcode in here and not overwrite:
            report.tell(shortcode, "kept")
        elif dry_run:
            report.tell(shortcode, "replaced" if shortcode in here else "added")
        else:
            about = {"shortcode": shortcode, "license": named.license, "visible": not hidden}
            waiting.append((about | {"category": category if category is not None else named.category}, data or b""))
            if len(waiting) == AT_ONCE:
                _take(invocation, waiting, report, overwrite=overwrite)
    _take(invocation, waiting, report, overwrite=overwrite)
    if not report.outcomes:
        fail(f"there is no emoji in {path}: pictures are PNG, GIF, WebP, JPEG or AVIF")
    report.close(doing="to be added" if dry_run else "added")


def _packed(path: Path) -> "Iterator[tuple[Named, bytes | None]]":
    """Yield what an archive names and has, one after the other; it is read twice where it has lists of its own."""
    from smallfed.imaging.emojis import LARGEST
    from smallfed.runtime.archives import entries
    from smallfed.translate import packs

    lists = [(each.name, each.data or b"") for each in entries(path, packs.is_list, largest=LISTS)]
    named = packs.by_list(lists)
    wanted = (lambda name: packs.place(name) in named) if lists else packs.is_picture
    for each in entries(path, wanted, largest=LARGEST):
        yield named.get(packs.place(each.name)) or packs.by_name(each.name), each.data


def _unfit(shortcode: str, data: bytes | None) -> str:
    """Return why this cannot be an emoji, as far as that can be seen without looking at the picture; "" if it can."""
    from smallfed.errors import Invalid
    from smallfed.services.illustrating import clean_shortcode
    from smallfed.workers.illustrating import TOO_LARGE

    try:
        clean_shortcode(shortcode)
    except Invalid as error:
        return error.message
    return TOO_LARGE if data is None else ""


def _take(
    invocation: Invocation, waiting: list[tuple[dict[str, object], bytes]], report: Report, *, overwrite: bool
) -> None:
    """Make the files of what waits, store it, and empty the list."""
    import trio

    from smallfed.cli.reach import call
    from smallfed.runtime.aside import Aside
    from smallfed.workers.illustrating import Drawn, draw

    made = trio.run(draw, Aside(), invocation.data, [data for _, data in waiting]) if waiting else []
    arrivals = []
    for (about, _), drawn in zip(waiting, made, strict=True):
        if isinstance(drawn, Drawn):
            arrivals.append(about | {"picture": drawn.picture, "still": drawn.still})
        else:
            report.tell(str(about["shortcode"]), "refused", drawn)
    if arrivals:
        for each in call(invocation, "emoji.take", emojis=arrivals, overwrite=overwrite):
            report.tell(each["shortcode"], each["outcome"])
    waiting.clear()


@click.command("export", short_help="Write your emoji to an archive.")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--category", metavar="TEXT", help="Only those of one category.")
@click.option("--overwrite", is_flag=True, help="Replace the file if there is one.")
@as_json
@pass_invocation
def export(invocation: Invocation, file: Path, category: str | None, overwrite: bool, as_json: bool) -> None:
    r"""Write your emoji to a tar.gz as Mastodon's `tootctl emoji export` does, each picture under its name.

    Categories and licences are in a list beside them, which `smallfed emoji import` reads. Those that move are WebP;
    Mastodon takes PNG and GIF from archives.

    \b
    Example:
      smallfed emoji export emoji.tar.gz
    """
    from smallfed.cli.reach import reading
    from smallfed.store import emojis, houses

    with reading(invocation) as tx:
        house, now = houses.get(tx), tx.now
        chosen = [emoji for emoji in emojis.all_(tx) if category is None or emoji.category == category]
    if category is not None and not chosen:
        fail(f"there is no emoji in the category {category!r}")
    if file.exists() and not overwrite:
        fail(f"{file} is there already: choose another name, or add --overwrite")
    missing = _write(file, _reader(invocation), chosen, house.domain, now.isoformat())
    if as_json:
        print_json({"exported": len(chosen) - len(missing), "missing": missing})
    else:
        click.echo(f"{number(len(chosen) - len(missing), 'emoji', 'emoji')} exported to {file}.")
    if missing:
        fail(f"the files of these are lost: {', '.join(missing)}; `smallfed check` says more")


def _reader(invocation: Invocation) -> Callable[[str], bytes | None]:
    """Return what reads a picture by its name: from the disk, or from the bucket; None when neither has it."""
    from functools import cache

    from smallfed.runtime.bucket import opened

    bucket = cache(lambda: opened(invocation.config.s3))  # which need not be reached while all is on the disk

    def read(name: str) -> bytes | None:
        place = f"emojis/{name}"
        with suppress(FileNotFoundError):
            return (invocation.data / "media" / place).read_bytes()
        found = bytearray()
        there = bucket()
        return bytes(found) if there is not None and there.whole(place, found.extend) is not None else None

    return read


def _write(
    file: Path, read: Callable[[str], bytes | None], chosen: "list[CustomEmoji]", domain: str, now: str
) -> list[str]:
    """Write an archive, whole or not at all; return the names of those without a file."""
    import io
    import tarfile

    from smallfed.translate import packs

    draft, missing, listed = file.with_name(f".{file.name}.part"), list[str](), list[tuple[str, packs.Named]]()
    with _drafted(draft), tarfile.open(draft, "w:gz") as archive:

        def add(name: str, data: bytes) -> None:
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(data), 0o644
            archive.addfile(header, io.BytesIO(data))

        for emoji in chosen:
            file_name = emoji.url.rpartition("/")[2]
            picture = read(file_name)
            if picture is None:
                missing.append(emoji.shortcode)
                continue
            name = emoji.shortcode + Path(file_name).suffix
            add(name, picture)
            named = packs.Named(name=emoji.shortcode, category=emoji.category, license=emoji.license)
            listed.append((name, named))
        add(packs.META, packs.meta(domain, now, listed))
    draft.replace(file)
    return missing


@contextmanager
def _drafted(file: Path) -> Iterator[None]:
    """Let ``file`` be written; nothing is left of it when that fails."""
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise
