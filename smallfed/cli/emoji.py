"""smallfed emoji: your own custom emoji."""

from pathlib import Path

import click

from smallfed.cli.context import Invocation, fail, pass_invocation
from smallfed.cli.emoji_copying import copy
from smallfed.cli.emoji_packs import export, import_
from smallfed.cli.flags import as_json
from smallfed.cli.tables import number, print_json, table, tell


@click.group("emoji", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Add, change, remove and list your own custom emoji; bring them along, and take them along.

    What you write as :name: in posts, warnings, polls, your name and your profile, and the reactions you give, is then
    shown as the picture. A name has 2 to 64 letters (a-z, also capitals), digits and _. A picture is PNG, GIF, WebP,
    JPEG or AVIF of at most 256 kB; it is scaled down to 256 pixels, and may move.

    Posts that are out already keep the picture they have, whatever you do here.

    \b
    Examples:
      smallfed emoji add blobcat blobcat.png --category Cats
      smallfed emoji import export.tar.gz
      smallfed emoji copy :blobcat:@social.example.org
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


for below in (import_, export, copy):
    command.add_command(below)


@command.command("add", short_help="Add an emoji, or give one another picture.")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--category", metavar="TEXT", help="Where apps list it; empty: without one.")
@as_json
@pass_invocation
def add(invocation: Invocation, name: str, file: Path, category: str | None, as_json: bool) -> None:
    """Add an emoji, or give one another picture."""
    import trio

    from smallfed.cli.reach import call, database
    from smallfed.imaging.emojis import LARGEST
    from smallfed.runtime.aside import Aside
    from smallfed.services.illustrating import clean_shortcode
    from smallfed.workers.illustrating import Drawn, draw

    database(invocation)
    shortcode = clean_shortcode(name)
    with file.open("rb") as opened:
        picture = opened.read(LARGEST + 1)
    (made,) = trio.run(draw, Aside(), invocation.data, [picture])
    if not isinstance(made, Drawn):
        fail(f"{file.name}: {made}")
    one = {"shortcode": shortcode, "picture": made.picture, "still": made.still, "category": category}
    (outcome,) = call(invocation, "emoji.take", emojis=[one], overwrite=True)
    tell(outcome, f":{shortcode}: is added.", as_json=as_json)


@command.command("change", short_help="Change what is said about emoji.")
@click.argument("names", nargs=-1, required=True)
@click.option("--category", metavar="TEXT", help="Where apps list them; empty: without one.")
@click.option("--license", metavar="TEXT", help="Under which terms you have them; empty: nothing is said.")
@click.option("--visible/--hidden", default=None, help="Whether apps list them for picking; both can be written.")
@click.option("--enable/--disable", default=None, help="Whether :name: is the picture, or just a text.")
@as_json
@pass_invocation
def change(
    invocation: Invocation,
    names: tuple[str, ...],
    category: str | None,
    license: str | None,  # noqa: A002
    visible: bool | None,
    enable: bool | None,
    as_json: bool,
) -> None:
    """Change the category of emoji, whether apps list them, or whether they can be used at all."""
    from smallfed.cli.reach import call

    changes = {"category": category, "license": license, "visible": visible, "enabled": enable}
    if all(value is None for value in changes.values()):
        raise click.UsageError("say what to change: --category, --license, --visible, --hidden, --enable or --disable.")
    changed = call(invocation, "emoji.change", shortcodes=names, **changes)
    tell(changed, f"{number(len(changed), 'emoji', 'emoji')} changed.", as_json=as_json)


@command.command("rename", short_help="Give an emoji another name.")
@click.argument("name")
@click.argument("new_name")
@as_json
@pass_invocation
def rename(invocation: Invocation, name: str, new_name: str, as_json: bool) -> None:
    """Give an emoji another name. Where your name or profile has the old one, it is a text then."""
    from smallfed.cli.reach import call

    renamed = call(invocation, "emoji.rename", shortcode=name, new_name=new_name)
    tell(renamed, f"It is called :{renamed['shortcode']}: now.", as_json=as_json)


@command.command("category", short_help="Give a category another name.")
@click.argument("category")
@click.argument("new_name")
@as_json
@pass_invocation
def category_(invocation: Invocation, category: str, new_name: str, as_json: bool) -> None:
    """Give a category another name; with that of another they become one, with "" its emoji have none."""
    from smallfed.cli.reach import call

    moved = call(invocation, "emoji.category", category=category, new_name=new_name)
    tell(moved, f"{number(moved['moved'], 'emoji', 'emoji')} moved.", as_json=as_json)


@command.command("remove", short_help="Remove emoji.")
@click.argument("names", nargs=-1, required=True)
@as_json
@pass_invocation
def remove(invocation: Invocation, names: tuple[str, ...], as_json: bool) -> None:
    """Remove emoji. To use one no more and keep it, there is `smallfed emoji change NAME --disable`."""
    from smallfed.cli.reach import call

    done = call(invocation, "emoji.remove", shortcodes=names)
    if as_json:
        print_json(done)
        return
    removed = [f":{name}:" for name in done["removed"]]
    click.echo(f"{', '.join(removed)} {'is' if len(removed) == 1 else 'are'} removed.")


@command.command("list", short_help="List your emoji.")
@as_json
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
        rows = [
            (f":{each.shortcode}:", each.category or "", _shown(each.enabled, each.visible), each.url) for each in known
        ]
        click.echo(table(("NAME", "CATEGORY", "SHOWN", "PICTURE"), rows))


def _shown(enabled: bool, visible: bool) -> str:
    return "disabled" if not enabled else "yes" if visible else "hidden"
