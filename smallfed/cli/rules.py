"""smallfed rules: what is to be done about what comes, by who sends it and what it says."""

from typing import Any

import click

from smallfed.cli.context import Invocation, pass_invocation
from smallfed.cli.flags import ID, as_json
from smallfed.cli.tables import ago, ahead, clean, print_json, table, tell

FAMILIES = (
    "domain",
    "actor",
    "list",
    "keyword",
    "age",
    "mentions",
    "links",
    "media",
    "relay",
    "rate",
    "profile",
    "kind",
)
ACTIONS = ("reject", "drop", "hold", "followers-only", "no-notify", "hide", "strip-media", "sensitive", "accept")


@click.group("rules", invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    r"""Make rules about what comes: by who sends it, by what it says, by how much it is.

    Whom you follow is only judged by the families domain, actor and list. What a rule refuses is in `smallfed ledger`.

    \b
    FAMILY    MATCH                        holds for
    domain    example.org, *.example.org   everything from there
    actor     @user@example.org            everything by them
    list      NAME                         whom a list of accounts names
    keyword   "buy now", *coin*            posts that say so; * also inside words
    age       24h                          whom this server has known for less
    mentions  8                            posts that name so many, or more
    links     1                            posts with so many links, or more
    media     1                            posts with so many pictures, or more
    relay     relay.example.org            what that relay brings
    rate      60/h                         servers that send more in an hour
    profile   sponsored, *shop.example*    whose name, bio or links say so
    kind      bot, service, group          accounts of that kind
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@command.command("list", short_help="List the rules.")
@as_json
@pass_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List the rules, the oldest first. The same as `smallfed rules`."""
    from smallfed.cli.reach import reading
    from smallfed.store import rules

    with reading(invocation) as tx:
        found, now = rules.every(tx), tx.now
    if as_json:
        print_json(found)
    elif not found:
        click.echo("There are no rules: `smallfed rules add FAMILY MATCH ACTION`.")
    else:
        lines = [
            (
                one.id,
                one.family.value,
                clean(one.match),
                one.action.value,
                ago(one.created_at, now),
                "" if one.expires_at is None else ahead(one.expires_at, now),
                clean(one.comment),
            )
            for one in found
        ]
        click.echo(table(("ID", "FAMILY", "MATCH", "ACTION", "MADE", "EXPIRES", "COMMENT"), lines))


@command.command("add", short_help="Make a rule.")
@click.argument("family", type=click.Choice(FAMILIES))
@click.argument("match")
@click.argument("action", type=click.Choice(ACTIONS))
@click.option("--for", "lasting", metavar="SPAN", help="How long it holds, e.g. 24h or 7d; otherwise for ever.")
@click.option("--comment", default="", metavar="TEXT", help="Why, for yourself.")
@as_json
@pass_invocation
def add(
    invocation: Invocation, family: str, match: str, action: str, lasting: str | None, comment: str, as_json: bool
) -> None:
    r"""Make a rule; if there is one that says the same, what is said about it is said anew.

    \b
    reject, drop     it is not let in; the ledger has it
    hold             it waits in the ledger until you release it
    followers-only   it is only for followers of its author
    no-notify        it does not notify you, unless you follow its author
    hide             it stands in no public timeline, hashtag, trend or search
    strip-media      it loses its pictures
    sensitive        its pictures are covered
    accept           nothing; only that the rule matched is noted with it

    \b
    Examples:
      smallfed rules add keyword "airdrop" hold
      smallfed rules add mentions 8 no-notify
      smallfed rules add age 24h hide --for 7d --comment "wave of spam"
      smallfed rules add profile "*promo.example*" hide --comment "advertising"
    """
    from smallfed.cli.reach import call

    made = call(invocation, "rules.add", family=family, match=match, action=action, lasting=lasting, comment=comment)
    tell(made, f"Rule {made['id']}: {made['family']} {clean(made['match'])}: {made['action']}.", as_json=as_json)


@command.command("remove", short_help="Take a rule back.")
@click.argument("number", metavar="ID", type=ID)
@as_json
@pass_invocation
def remove(invocation: Invocation, number: int, as_json: bool) -> None:
    """Take a rule back. What it did to posts that are here stays with them."""
    from smallfed.cli.reach import call

    gone = call(invocation, "rules.remove", number=number)
    tell(gone, f"There is no rule about {gone['family']} {clean(gone['match'])} any more.", as_json=as_json)


@command.command("test", short_help="Say what the rules make of a post or somebody.")
@click.argument("about", metavar="URL")
@as_json
@pass_invocation
def test(invocation: Invocation, about: str, as_json: bool) -> None:
    """Say what the rules would make of a post or an account, read at its origin. The server must be running."""
    from smallfed.cli.reach import ask

    answer: dict[str, Any] = ask(invocation, "rules.test", about=about)
    if as_json:
        print_json(answer)
        return
    click.echo(f"{clean(answer['about'])}: {answer['action'] or 'no rule holds, it is taken as it is'}")
    for one in answer["verdicts"]:
        click.echo(f"  {one['action']}: {clean(one['reason'])} ({clean(one['rule'])})")
