"""Explaining: why something never came, or came and was not seen: all that is known of an address or somebody.

What came with a signature that did not hold, or faster than anybody may send, was refused at the door: nobody knows who
sent it, only of which server they said to be (``unheard``).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.domain_block import DomainBlock, Origin, Severity
from smallfed.domain.finding import Finding, Stand
from smallfed.domain.post import Post
from smallfed.domain.rule import Verdict
from smallfed.domain.uris import host
from smallfed.errors import Invalid
from smallfed.policy import filtering
from smallfed.policy import rules as policy
from smallfed.policy.rules.facts import Facts
from smallfed.services import dealing, judging, naming, undelivered, unheard, unwanted
from smallfed.store import (
    accounts,
    attachments,
    blocks,
    domain_blocks,
    filters,
    findings,
    follows,
    houses,
    impacts,
    judgements,
    keeping,
    mutes,
    notifications,
    posts,
    purges,
    refusals,
    rules,
    tombstones,
    wave_items,
)
from smallfed.store.refusals import Which
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.text.sanitise import words

SHOWN = 20  # lines of each kind
NOTHING = """\
Nothing stands in its way, nothing of it was refused lately, and nobody was refused at the door who said to be of its
server: it never came."""


class Clue(Struct, frozen=True, kw_only=True):
    """One thing that is known about why something is not to be seen, or that it is; ``at``: since or when."""

    what: str
    why: str
    at: datetime | None = None


def why(tx: Tx, about: str) -> list[Clue]:
    """Return all that is known of an address, a handle, a server or an id: what stands in its way, what was refused.

    Of a post of ours: to whom it was not sent. Invalid for what is none of these, or the owner. May look at all that is
    kept: for a thread.
    """
    spelt = naming.thing(about)
    house, owner = houses.get(tx), accounts.owner(tx)
    if spelt in (*house.names, owner.uri, owner.url) or spelt.lower() == f"@{house.handle}".lower():
        raise Invalid(f"{about} is yours: ask about what others send, or about a post of yours by its address")
    found, typed = _known(tx, spelt), about.strip()
    if "://" in typed and typed != spelt:  # ids are as those who made them spell them
        found += _known(tx, typed)
    return list(dict.fromkeys(found))


def _known(tx: Tx, about: str) -> list[Clue]:
    found = posts.find_url(tx, about)
    account = _whose(tx, about, found)
    uri = None if account is None else account.uri
    name = account.host if account is not None else host(about) or about.rpartition("@")[2].lower()
    said = (
        *_purged(tx, about, uri),
        *_of_server(tx, name),
        *(() if account is None else _of_person(tx, account, found)),
        *(() if found is None else _of_post(tx, found)),
        *_ruled(tx, about, name, account),
        *_gone(tx, about, uri),
        *(_of_whole_server(tx, name) if about.lower() == name else ()),
        *(finding for one in sorted(_names(about, account)) for finding in _refused(tx, one)),
        *_told(unwanted.told(tx, _names(about, account), SHOWN, exact=account is None and "://" in about)),
        *(() if account is not None and account.local else _told(unheard.of_servers(tx, (name, host(uri)), SHOWN))),
    )
    return list(said)


def _whose(tx: Tx, about: str, found: Post | None) -> Account | None:
    account = accounts.find_url(tx, about) if "://" in about else _named(tx, about)
    if account is not None:
        return account
    return accounts.find(tx, found.account_id) if found is not None else _sender(tx, about)


def _names(about: str, account: Account | None) -> set[str]:
    """Return the ids under which something was refused: what was asked for, and its actor if somebody was."""
    if account is None or ("://" in about and about not in (account.uri, account.url)):
        return {about}
    return {about, account.uri}


def _sender(tx: Tx, about: str) -> Account | None:
    """Return whose it is, as far as the ledger has it."""
    lines = refusals.newest(tx, Which(about=about), limit=1)
    return accounts.find_uri(tx, lines[0].actor) if lines else None


def _named(tx: Tx, about: str) -> Account | None:
    user, _, name = about.strip().removeprefix("@").partition("@")
    return accounts.find_handle(tx, user, name.lower()) if name else None


def _of_server(tx: Tx, name: str) -> list[Clue]:
    cut_by = domain_blocks.holding(tx, name)
    rows = [row for row in domain_blocks.covering(tx, name) if not row.holds_nothing]
    found = [Clue(what="server", why=_said(row), at=row.created_at) for row in rows]
    overridden = any(row.cuts for row in rows) and cut_by is None
    return [*found, Clue(what="server", why=f"{name} is allowed all the same")] if overridden else found


def _of_whole_server(tx: Tx, name: str) -> list[Clue]:
    held = impacts.held(tx, name)
    known = (
        [Clue(what="server", why=f"{held.posts:,} of its posts {'is' if held.posts == 1 else 'are'} here")]
        if held.posts
        else []
    )
    return [*known, *_ledger(tx, Which(host=name, door=False))]


def _said(row: DomainBlock) -> str:
    if row.origin is Origin.MODE:
        return "only servers that you allow are let in"
    details = [name for name in ("reject_media", "reject_reports", "no_relay", "mute") if getattr(row, name)]
    said = [*([] if row.severity is Severity.NOOP else [row.severity.value]), *details]
    by = "you" if row.origin is Origin.OWNER else row.origin.value
    return f"{', '.join(said).replace('_', '-')} of {row.domain} by {by}"


def _ruled(tx: Tx, about: str, name: str, account: Account | None) -> list[Clue]:
    """Return what rules say now of somebody, or of a server, whatever they send."""
    if account is not None:
        return [] if account.local else _judged(judging.person(tx, account.id).verdicts)
    facts = Facts(actor=about, handle=f"@{about.removeprefix('@')}", hosts=(name,))
    return _judged(policy.judge(rules.book(tx), facts, tx.now).verdicts)


def _judged(verdicts: Iterable[Verdict]) -> list[Clue]:
    return [Clue(what="rule", why=f"{one.action.value}: {one.reason} ({one.rule})") for one in verdicts]


def _purged(tx: Tx, about: str, actor: str | None) -> list[Clue]:
    named = about.lower() if about.startswith("@") else about
    return [Clue(what="purge", why="you have purged it")] if purges.holds(tx, named, actor) else []


def _of_person(tx: Tx, account: Account, post: Post | None) -> list[Clue]:
    """Return what stands between the owner and somebody; of a post that came home, not what their follow leaves out."""
    owner, mute = houses.owner_id(tx), mutes.find(tx, account.id)
    kept_back, held = len(notifications.filtered_mentions(tx, account.id)), wave_items.count_held(tx, account.id)
    known = (
        (account.gone_at is not None, "their account is gone", account.gone_at),
        (account.suspended, "their own server has suspended them", None),
        (blocks.has(tx, owner, account.id), "you block them", None),
        (blocks.has(tx, account.id, owner), "they block you", None),
        (mute is not None, "you mute them", None),
        *((True, _decided(one), one.changed_at) for one in _listed(tx, account)),
        (kept_back > 0, f"your policy keeps back {kept_back} of their posts: filtered notifications in apps", None),
        (held > 0, f"{held} of what they did waits in `smallfed review`", None),
    )
    found = [Clue(what="person", why=f"@{account.handle}: {text}", at=at) for holds, text, at in known if holds]
    return found if post is not None and post.in_home else [*found, *_of_follow(tx, account)]


def _decided(one: Finding) -> str:
    who = "you" if one.state is Stand.TOUCHED else "lists"
    return f"{who} {one.holds} them: {one.because}".removesuffix(": ")


def _of_follow(tx: Tx, account: Account) -> list[Clue]:
    """Return what the owner's follow of somebody leaves out."""
    if account.local:
        return []
    follow = follows.find(tx, houses.owner_id(tx), account.id)
    known = (
        (follow is None, "you do not follow them: of what they say only what names or answers you is sent here"),
        (follow is not None and not (follow.accepted or follow.frozen), "they have not accepted your follow yet"),
        (follow is not None and not follow.reblogs, "you hide their boosts"),
        (follow is not None and bool(follow.languages), "you follow them in some languages only"),
    )
    return [Clue(what="follow", why=f"@{account.handle}: {text}") for holds, text in known if holds]


def _listed(tx: Tx, account: Account) -> list[Finding]:
    found = findings.several(tx, [account.uri, f"@{account.handle}".lower()]).values()
    return [one for one in found if one.holds is not None]


def _of_post(tx: Tx, stored: Post) -> list[Clue]:
    home = "and stood in your home timeline" if stored.in_home else "but not for your home timeline"
    quiet = bool(mutes.quiet(tx, listed([stored.id])))
    return [
        Clue(what="post", why=f"it is here, {home}", at=stored.received_at),
        *([Clue(what="post", why="moderators of its group have removed it")] if stored.removed else []),
        *([Clue(what="post", why="you mute the conversation it is in")] if quiet else []),
        *(Clue(what="filter", why=f"{title}: {', '.join(found)}") for title, found in _filtered(tx, stored)),
        *_judged(judgements.of(tx, stored.id)),
        *_without_media(tx, stored),
        *_told(undelivered.of_post(tx, stored, SHOWN)),
    ]


def _told(lines: Iterable[tuple[str, str, datetime | None]]) -> list[Clue]:
    return [Clue(what=what, why=why_, at=at) for what, why_, at in lines]


def _without_media(tx: Tx, stored: Post) -> list[Clue]:
    account = accounts.get(tx, stored.account_id)
    names = {host(one.url) or account.host for one in attachments.of_post(tx, stored.id)}
    unwanted = [] if account.local else sorted(n for n in names if not dealing.wants_media(tx, n, account.id))
    return [Clue(what="media", why=f"you want no pictures of theirs from {name}") for name in unwanted]


def _filtered(tx: Tx, post: Post) -> Iterator[tuple[str, list[str]]]:
    """Yield (name of a filter of the owner's, what it matches of a post)."""
    hay = filtering.haystack("\n\n".join([post.title, post.summary, words(post.content)]))
    for rule in filters.rules(tx):
        written = filtering.found(rule.needles, hay)
        if written:
            yield rule.filter.title, written
    for number, _ in sorted(filters.matching(tx, [post.id])):
        yield filters.get(tx, number).title, ["this very post"]


def _gone(tx: Tx, uri: str, actor: str | None) -> list[Clue]:
    if actor is None or not tombstones.has(tx, uri, actor):
        return []
    return [Clue(what="post", why="its author has deleted it")]


def _refused(tx: Tx, uri: str) -> list[Clue]:
    kept = [
        Clue(what=f"{one.type} {one.state}", why=one.reason or "it waits", at=one.at)
        for one in keeping.about(tx, uri, limit=SHOWN)
    ]
    return [*_ledger(tx, Which(about=uri)), *kept]


def _ledger(tx: Tx, which: Which) -> list[Clue]:
    return [
        Clue(
            what=f"ledger {one.id}",
            why=f"{one.type} {one.action.value}: {one.reason} ({one.rule})"
            + (f", {one.times} times" * (one.times > 1))
            + (", let in since" * (one.released_at is not None)),
            at=one.refused_at,
        )
        for one in refusals.newest(tx, which, limit=SHOWN)
    ]
