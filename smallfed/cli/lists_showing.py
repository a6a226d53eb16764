"""How `smallfed lists` says what there is: lists, what they would cut, and of whose word something holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from smallfed.cli.context import Invocation
from smallfed.cli.tables import ago, ahead, clean, number, print_json, table

if TYPE_CHECKING:
    from datetime import datetime

    from smallfed.domain.finding import Finding
    from smallfed.store.blocklist_entries import Word

SHOWN = 20  # servers, and names of people
NOTHING = "Nothing waits for you."

_USED = {"relays": "a relay of yours is", "lists": "a list is read"}
_WORDS = {"suspend": "block", "silence": "limit", "noop": "none"}


def terms(known: Mapping[str, Any]) -> str:
    """Return how far a list is trusted."""
    said = [f"weight {known['weight']}", f"at most {_WORDS[known['ceiling']]}"]
    said += [f"only {', '.join(known['labels'])}"] if known["labels"] else []
    said += ["automatic" if known["automatic"] else "asks"]
    return ", ".join(said + (["paused"] if known["paused"] else []))


def overview(invocation: Invocation, *, as_json: bool) -> None:
    """Print the lists, and how much waits."""
    from msgspec import to_builtins

    from smallfed.cli.reach import reading
    from smallfed.store import blocklists, findings

    with reading(invocation) as tx:
        known, counts, now = blocklists.every(tx), findings.counts(tx), tx.now
    if as_json:
        print_json({"lists": known, "findings": counts})
        return
    if not known:
        click.echo("You subscribe to no lists: `smallfed lists preview URL` shows what one would do.")
        return
    rows = [
        (
            clean(one.name),
            one.size,
            terms(to_builtins(one)),
            one.state.value,
            "never" if one.read_at is None else ago(one.read_at, now),
            "" if one.due is None else ahead(one.due, now),
            clean(one.reason),
        )
        for one in known
    ]
    click.echo(table(("LIST", "ENTRIES", "TRUST", "STATE", "READ", "NEXT", "WHY"), rows))
    holds = number(counts.get("holding", 0), "entry holds", "entries hold")
    waiting = counts.get("waiting", 0)
    advice = ": `smallfed lists preview`" if waiting else ""
    click.echo(f"{holds}, {number(waiting, 'waits', 'wait')} for you{advice}.")


def show(invocation: Invocation, what: str, *, as_json: bool) -> None:
    """Print a list, or what lists say of a subject."""
    from msgspec import to_builtins

    from smallfed.cli.reach import reading
    from smallfed.policy.domains import chain
    from smallfed.services.trusting import subject
    from smallfed.store import blocklist_entries, blocklists, domain_allows, domain_blocks, findings

    with reading(invocation) as tx:
        known = blocklists.find(tx, what)
        if known is not None:
            print_json(to_builtins(known)) if as_json else _list(to_builtins(known))
            return
        who = subject(tx, what if set(what) & set(".:@") else blocklists.get(tx, what).name)
        words, found = blocklist_entries.words(tx, who), findings.find(tx, who)
        is_server = "@" not in who and "://" not in who
        above = domain_blocks.covering(tx, who) if is_server else []
        allowed = [name for name in chain(who) if name in domain_allows.every(tx)] if is_server else []
        now = tx.now
    if as_json:
        print_json({"subject": who, "words": words, "found": found, "rows": above, "allowed": allowed})
        return
    _say_words(who, words, now)
    if found is not None:
        click.echo(_stands(who, found))
    for name in allowed:
        click.echo(f"You allow {clean(name)}: `smallfed allow`.")
    for row in above:
        by = "you" if row.origin.value == "owner" else row.origin.value
        click.echo(f"{clean(row.domain)}: {row.severity.value} by {by}. {clean(row.private_comment)}".rstrip())


def _stands(who: str, found: "Finding") -> str:
    """Return what the lists come to together, and what of that holds, by whose word."""
    holds = "nothing" if found.holds is None else _WORDS[found.holds.value]
    says = "nothing" if found.severity is None else _WORDS[found.severity.value]
    if found.state.value in ("ignored", "touched"):
        decided = "leave it alone" if found.holds is None else f"{holds} it"
        return (
            f"You have decided to {decided}: `smallfed lists decide {clean(who)} lists` leaves that to the lists again."
        )
    return f"Together they come to: {says}. What holds of it: {holds} ({found.state.value})."


def _say_words(who: str, words: "Sequence[Word]", now: "datetime") -> None:
    if not words:
        click.echo(f"No list names {clean(who)}.")
        return
    rows = [
        (
            clean(one.list),
            one.weight,
            _WORDS[one.entry.severity.value],
            ago(one.first_seen, now),
            "took it back " + ago(one.retracted_at, now) if one.retracted_at else "" if one.counts else "not heeded",
            clean(one.entry.remark),
        )
        for one in words
    ]
    click.echo(table(("LIST", "WEIGHT", "SAYS", "SINCE", "", "COMMENT"), rows))


def _list(known: Mapping[str, Any]) -> None:
    click.echo(f"{clean(known['name'])}: {terms(known)}")
    whence = "from a file" if known["url"] is None else f"{clean(known['url'])}, every {known['every_hours']} h"
    click.echo(f"  {whence}")
    sizes = (number(known["size"], "entry", "entries"), number(known["dropped"], "line") + " left out")
    click.echo(f"  {', '.join(sizes)}, {known['state']}")
    if known["onward"]:
        click.echo("  only what changes in it is read, all of it once a week")
    if known["reason"]:
        click.echo(f"  {clean(known['reason'])}")


def tell_outcome(outcome: Mapping[str, Any]) -> None:
    """Print how reading a list went."""
    name = clean(outcome["name"])
    if outcome["state"] == "held":
        advice = f"`smallfed lists refresh {name} --believe` believes it."
        click.echo(f"{name} is not believed: {clean(outcome['reason'])}. {advice}")
        return
    entries = number(outcome["size"], "entry", "entries")
    click.echo(f"{name} has {entries}: {outcome['new']} new or changed, {outcome['gone']} gone.")
    tell_dropped([(drop["count"], drop["reason"], drop["examples"]) for drop in outcome["dropped"]])


def tell_dropped(dropped: Iterable[tuple[int, str, Sequence[str]]]) -> None:
    """Print which lines said nothing of use."""
    for count, reason, examples in dropped:
        shown = ", ".join(clean(text) for text in examples)
        click.echo(f"Left out: {count} × {reason} ({shown})", err=True)


def tell_forecast(found: Mapping[str, Any], *, err: bool = False) -> None:
    """Print what would come, in all and by server."""
    if "entries" in found:
        click.echo(f"{number(found['entries'], 'entry', 'entries')} of {'people' if found['people'] else 'servers'}.")
        tell_dropped([(drop["count"], drop["reason"], drop["examples"]) for drop in found["dropped"]])
    elif not (found["blocks"] or found["limits"] or found["others"]):
        click.echo(NOTHING, err=err)
        return
    words = [number(found["blocks"], "block"), number(found["limits"], "limit")]
    words += [f"{found['others']} others"] if found["others"] else []
    click.echo(f"{', '.join(words)}; {_cut(found)}.", err=err)
    if found.get("overruled"):
        click.echo(f"{found['overruled']} are settled by your own blocks and allows.", err=err)
    _tell_cuts(found["cuts"], err=err)


def _tell_cuts(cuts: Sequence[Mapping[str, Any]], *, err: bool) -> None:
    shown = cuts[:SHOWN]
    rows = [
        (
            clean(cut["subject"]),
            _WORDS[cut["severity"]],
            _few(cut["following"]),
            _few(cut["followers"]),
            cut["posts"],
            clean(cut["because"].removeprefix("Because of ")),
        )
        for cut in shown
    ]
    if rows:
        click.echo(table(("WHO", "WHAT", "YOU FOLLOW", "FOLLOW YOU", "POSTS", "BECAUSE OF"), rows), err=err)
    if len(cuts) > SHOWN:
        click.echo(f"and {len(cuts) - SHOWN} more of whom something is here: --json has all.", err=err)
    for cut in shown:
        if cut["below"] > 1:
            click.echo(f"{clean(cut['subject'])} has {cut['below']} servers below it that are known here.", err=err)
    for cut in cuts:
        for what, used in _USED.items():
            for address in cut[what]:
                click.echo(f"{clean(cut['subject'])} is where {used}: {clean(address)}", err=err)


def _cut(found: Mapping[str, Any]) -> str:
    said = [
        number(found["following"], "person you follow", "people you follow") if found["following"] else "",
        number(found["followers"], "follower") if found["followers"] else "",
        number(found["posts"], "post") if found["posts"] else "",
        number(found["relays"], "relay of yours", "relays of yours") if found["relays"] else "",
        number(found["lists"], "list that you read", "lists that you read") if found["lists"] else "",
    ]
    return "cuts " + ", ".join(filter(None, said)) if any(said) else "cuts nobody and hides nothing"


def _few(handles: Sequence[str]) -> str:
    shown = [f"@{clean(handle)}" for handle in handles[:3]]
    return " ".join(shown + ([f"+{len(handles) - 3}"] if len(handles) > 3 else []))


def tell_diff(found: Mapping[str, Any]) -> None:
    """Print how a list differs from what it said before."""
    click.echo(f"It had {found['before']} entries and has {found['after']} now.")
    if found["doubtful"]:
        click.echo(f"That is not believed before you say so: {found['doubtful']}.")
    for entry in found["new"]:
        click.echo(f"+ {clean(entry['subject'])} {_WORDS[entry.get('severity', 'suspend')]}")
    for subject in found["gone"]:
        click.echo(f"- {clean(subject)}")
