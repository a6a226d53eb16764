"""smallfed check: whether everything is in order."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.exits import Exit
from smallfed.cli.tables import clean, number

if TYPE_CHECKING:
    from smallfed.store.checking import Finding
    from smallfed.store.tx import Tx

DRAWN = frozenset({"avatars/default.png", "avatars/missing.png", "headers/default.png", "headers/missing.png"})
"""Pictures that are made when somebody first asks for them: no row refers to them, and they may be gone."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for scripts.")
@pass_invocation
def command(invocation: Invocation, *, as_json: bool) -> int:
    """Verify the database and the files; changes nothing, works while the server runs.

    Looks at the integrity of the database file (page by page: a minute for some gigabytes), at references between
    rows, at rows that contradict each other, and for files that belong to nothing. Exit code 1 when anything was
    found. Says how many posts of others are only borrowed, too. Where there is a
    bucket, an object is written there, read and removed again.
    """
    from msgspec import json

    from smallfed.cli.reach import reading
    from smallfed.store import pasts
    from smallfed.store.checking import check, check_files

    media = invocation.data / "media"
    with reading(invocation) as tx:
        findings = check(tx.sql)
        may_be_there = (*DRAWN, *discarded(tx))
        expected = {*uploads(tx), *pictures_of_posts(tx), *emoji_pictures(tx, media), *others(tx)}
        expected -= {name for name in in_bucket(tx) if not (media / name).is_file()}
        findings += check_files(media, expected | {name for name in may_be_there if (media / name).is_file()})
        borrowed, people = pasts.count(tx)
    findings += bucket_trouble(invocation)
    if as_json:
        click.echo(json.encode(findings))
    else:
        for finding in findings:
            click.echo(clean(f"{finding.kind}: {finding.where}: {finding.what}"))
        click.echo("Everything is in order." if not findings else f"{number(len(findings), 'finding')}.")
        if borrowed:
            posts, whose = number(borrowed, "post", "posts"), number(people, "person", "people")
            click.echo(f"{posts} by {whose} whom you looked at are here for a while only ([past] in smallfed.toml).")
    return Exit.FAILED if findings else Exit.OK


def uploads(tx: "Tx") -> set[str]:
    """Return the names of the pictures that the owner has given, as paths below the media folder."""
    from smallfed.errors import NotFound
    from smallfed.store import accounts, houses

    try:
        folder, owner = houses.get(tx).page("/media/"), accounts.owner(tx)
    except NotFound:  # nobody has moved in yet
        return set()
    return {url.removeprefix(folder) for url in (owner.avatar, owner.header) if url and url.startswith(folder)}


def pictures_of_posts(tx: "Tx") -> set[str]:
    """Return the names of what the owner has uploaded for posts."""
    from smallfed.services.uploading import FILES, INCOMING
    from smallfed.store import media

    return {f"{FILES}/{name}" for name in media.files(tx)} | {f"{INCOMING}/{name}" for name in media.incoming(tx)}


def others(tx: "Tx") -> set[str]:
    """Return the names of copies of others' media."""
    from smallfed.store import copies
    from smallfed.store.holdings import FOLDER

    return {f"{FOLDER}/{name}" for name in copies.files(tx)}


def discarded(tx: "Tx") -> list[str]:
    """Return the names of files that are about to be deleted."""
    from smallfed.store import discards

    return discards.all_(tx)


def in_bucket(tx: "Tx") -> list[str]:
    """Return the names of files that the bucket has, so that they need not be on this machine."""
    from smallfed.store import placements

    return [each.name for each in placements.after(tx, "", -1) if each.there]


def bucket_trouble(invocation: Invocation) -> "list[Finding]":
    """Return what is wrong with the bucket, if there is one: an object is written there, read and removed."""
    from smallfed.errors import Unreachable
    from smallfed.runtime.bucket import PROBE, opened
    from smallfed.store.checking import Finding, Kind

    bucket = opened(invocation.config.s3)
    if bucket is None:
        return []
    try:
        bucket.probe(PROBE)
    except Unreachable as error:
        return [Finding(kind=Kind.BUCKET, where=bucket.in_use.place, what=error.message)]
    return []


def emoji_pictures(tx: "Tx", media: Path) -> set[str]:
    """Return the names of the pictures of emoji: those in use, and all that are there: what was said keeps them."""
    from smallfed.store import emojis

    used = (address for emoji in emojis.all_(tx) for address in (emoji.url, emoji.still))
    names = {address.rpartition("/")[2] for address in used} | {path.name for path in (media / "emojis").glob("*")}
    return {f"emojis/{name}" for name in names}
