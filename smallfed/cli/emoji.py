"""smallfed emoji: your own custom emoji."""

from pathlib import Path

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.tables import number, print_json, table
from smallfed.errors import SmallfedError

PICTURES = frozenset({".png", ".gif", ".webp", ".jpg", ".jpeg", ".avif"})

in_category = click.option("--category", metavar="TEXT", help="Where apps list it; empty: without one.")


@click.group("emoji", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    r"""Add, remove and list your own custom emoji.

    What you write as :name: in posts, warnings, polls, your name and your profile, and the reactions you give, is then
    shown as the picture. A name has 2 to 64 letters (a-z, also capitals), digits and _. A picture is PNG, GIF, WebP,
    JPEG or AVIF of at most 256 kB; it is scaled down to 256 pixels, and may move.

    \b
    Example:
      smallfed emoji add blobcat blobcat.png --category Cats
      smallfed emoji import-folder emoji/
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("add", short_help="Add an emoji, or give one another picture.")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_category
@pass_invocation
def add(invocation: Invocation, name: str, file: Path, category: str | None) -> None:
    """Add an emoji, or give one another picture. Posts that are out already keep the picture they have."""
    from smallfed.cli.reach import database

    database(invocation)
    click.echo(f":{_add(invocation, name, file, category)}: is added.")


@command.command("remove", short_help="Remove an emoji.")
@click.argument("name")
@pass_invocation
def remove(invocation: Invocation, name: str) -> None:
    """Remove an emoji. Posts that are out already keep its picture."""
    from smallfed.cli.reach import call, database

    database(invocation)
    done = call(invocation, "emoji.remove", shortcode=name)
    click.echo(f":{done['shortcode']}: is removed.")


@command.command("list", short_help="List your emoji.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@pass_invocation
def list_(invocation: Invocation, as_json: bool = False) -> None:
    """List your emoji. The same as `smallfed emoji`."""
    from smallfed.cli.reach import reading
    from smallfed.store import emojis

    with reading(invocation) as tx:
        known = emojis.all_(tx)
    if as_json:
        print_json(known)
    elif not known:
        click.echo("There are none yet: `smallfed emoji add NAME FILE`.")
    else:
        click.echo(
            table(
                ("NAME", "CATEGORY", "PICTURE"),
                [(f":{each.shortcode}:", each.category or "", each.url) for each in known],
            )
        )


@command.command("import-folder", short_help="Add all pictures in a folder.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@in_category
@pass_invocation
def import_folder(invocation: Invocation, folder: Path, category: str | None) -> None:
    """Add all pictures in a folder, each under the name of its file; those that cannot be are named."""
    from smallfed.cli.reach import database

    database(invocation)
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in PICTURES)
    refused = 0
    for file in files:
        try:
            _add(invocation, file.stem, file, category)
        except SmallfedError as error:
            refused += 1
            click.echo(f"{file.name}: {error}", err=True)
    click.echo(f"{number(len(files) - refused, 'emoji', 'emoji')} added.")
    if refused:
        fail(f"{number(refused, 'picture')} in {folder} could not be added")


def _add(invocation: Invocation, name: str, file: Path, category: str | None) -> str:
    """Make the files of an emoji and add it; return its name. SmallfedError says why that cannot be."""
    from smallfed.cli.reach import call
    from smallfed.services.illustrating import clean_shortcode

    shortcode = clean_shortcode(name)
    picture, still = _keep(invocation.data / "media" / "emojis", _read(file))
    added = call(invocation, "emoji.add", shortcode=shortcode, picture=picture, still=still, category=category)
    return str(added["shortcode"])


def _read(file: Path) -> bytes:
    from smallfed.imaging.emojis import LARGEST

    if file.stat().st_size > LARGEST:
        fail(f"{file.name} is larger than {LARGEST >> 10} kB")
    return file.read_bytes()


def _keep(folder: Path, data: bytes) -> tuple[str, str]:
    """Keep the picture and its still form in ``folder``, and return the names of the files."""
    import trio

    from smallfed.imaging import entry
    from smallfed.imaging.entry import Job
    from smallfed.imaging.naming import file_name
    from smallfed.imaging.pictures import Picture
    from smallfed.runtime import files
    from smallfed.runtime.aside import Aside

    async def make(job: Job) -> Picture:
        return entry.result(await Aside().child(entry.ENTRY, entry.request(job, data)))

    names = []
    for job in ("emoji", "still_emoji"):
        picture = trio.run(make, job)
        names.append(file_name(picture))
        files.keep(folder / names[-1], picture.data)
    return names[0], names[1]
