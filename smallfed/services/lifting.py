"""Lifting: what a block turned away comes after all when it is lifted, of a server, of somebody or of whom lists name.

Nothing of it was kept but lines of the ledger, and at the door nobody verified them. So each thing that they name is
asked for where it stands (``workers/lifting``), once, in the order in which the lines came: a post, an edit, what was
deleted, a profile, a boost of the owner's post, and what others, whom the owner follows, boosted of theirs. It counts
as if it had come in its time. Likes, votes, requests to follow and complaints stand nowhere, and are only counted.

Spec: PROTOCOL §9.2.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Origin
from smallfed.domain.events import FetchQueued
from smallfed.domain.incoming import Announce, IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refusal import MANY, Path, Refusal
from smallfed.domain.refused import Refused
from smallfed.domain.uris import host
from smallfed.services import boosting, describing, receiving, removing, revising
from smallfed.services.receiving import MISSED
from smallfed.store import accounts, blocks, domain_blocks, fetches, findings, follows, houses, mentions, posts, rebuffs
from smallfed.store.refusals import BY_PERSON
from smallfed.store.tx import Tx

MOST = 300  # things that are asked for because of one lifting: the newest
SECOND = timedelta(seconds=1)  # between two of them
HEARD = timedelta(minutes=1)  # until somebody's server has heard that they are blocked no longer
KIND: fetches.Kind = "lifted"

_POSTED = frozenset({"Create", "Mentioned"})
_CHANGED = frozenset({"Update", "UpdatePost", "UpdateAccount"})
_LOST = frozenset({"Like", "EmojiReact", "Follow", "Flag", "QuoteRequest"})  # stand nowhere


class Meanwhile(Struct, frozen=True, kw_only=True):
    """What was turned away: ``again`` can be asked for, of ``lost`` things nothing is left but that they came."""

    again: Sequence[str] = ()
    lost: int = 0


def foresee(tx: Tx, domain: str) -> Meanwhile:
    """Return what lifting the block of this very ``domain`` would ask for."""
    rows = [domain_blocks.of(tx, domain, origin) for origin in (Origin.OWNER, Origin.LISTS)]
    cutting = [row for row in rows if row is not None and row.cut_at is not None]
    if len(cutting) != 1 or cutting[0].cut_at is None:  # none, or the other one would hold all the same
        return Meanwhile()
    return _meanwhile(tx, _by(tx, [domain], cutting[0].cut_at, but=cutting[0].id))


def plan(tx: Tx, domains: Iterable[str], since: datetime) -> None:
    """Ask for what rows for these domains have turned away since then, of whom nothing cuts off any more."""
    _ask(tx, _by(tx, domains, since))


def plan_people(tx: Tx, subjects: Iterable[str]) -> None:
    """Ask for what was turned away of people (an id, ``@user@host``) because lists named them, who do so no more."""
    free = [uri for uri in filter(None, (_uri(tx, one) for one in subjects)) if not _is_named(tx, uri)]
    _ask(tx, [line for line in rebuffs.of_people(tx, free) if domain_blocks.cutting(tx, line.actor) is None])


def _uri(tx: Tx, subject: str) -> str | None:
    if "://" in subject:
        return subject
    username, _, name = subject.removeprefix("@").partition("@")
    known = accounts.find_handle(tx, username, name)
    return None if known is None else known.uri


def _is_named(tx: Tx, uri: str) -> bool:
    return findings.shunning(tx, describing.names(uri, accounts.find_uri(tx, uri))) is not None


def foresee_person(tx: Tx, account: Account) -> Meanwhile:
    """Return what would be asked for if the owner blocked somebody no longer."""
    return _meanwhile(tx, _by_owner(tx, account))


def plan_person(tx: Tx, account: Account) -> None:
    """Ask for what somebody sent, whom the owner blocked and blocks no longer; their server has to hear of it first."""
    _ask(tx, _by_owner(tx, account), after=HEARD)


def _by_owner(tx: Tx, account: Account) -> list[Refusal]:
    free = domain_blocks.cutting(tx, account.uri) is None and not _is_named(tx, account.uri)
    return rebuffs.of_people(tx, [account.uri], BY_PERSON) if free else []


def _ask(tx: Tx, lines: Iterable[Refusal], after: timedelta = timedelta(0)) -> None:
    found = _meanwhile(tx, lines)
    asked = [fetches.put(tx, uri, kind=KIND, after=after + number * SECOND) for number, uri in enumerate(found.again)]
    if any(asked):
        tx.announce(FetchQueued())


def plan_late(tx: Tx, turned: Mapping[str, str]) -> None:
    """Do as ``plan`` for what is written down only now: by host, the domain whose row has refused it."""
    standing = domain_blocks.suspended(tx, turned)
    free = {domain for name, domain in turned.items() if standing.hold(name) is None}
    if free:
        plan(tx, free, tx.now)


def _by(tx: Tx, domains: Iterable[str], since: datetime, *, but: int = 0) -> Iterator[Refusal]:
    """Yield what rows for these domains have turned away since then of whom nothing, ``but`` one row, cuts off now."""
    cut = dict[tuple[str, str], bool]()
    for line in rebuffs.by(tx, domains, since):
        ends = line.actor, host(line.object) or "" if line.type == "Announce" else line.host
        if ends not in cut:
            kept_away = (domain_blocks.holding(tx, name, but=but) for name in {line.host, ends[1]})
            cut[ends] = any(kept_away) or domain_blocks.cutting(tx, line.actor, but=but) is not None
        if not cut[ends]:
            yield line


def _meanwhile(tx: Tx, lines: Iterable[Refusal]) -> Meanwhile:
    again, lost = dict[str, None](), 0
    for line in lines:
        place = _place(tx, line)
        if place is None:
            lost += line.times if line.type == MANY else 1
        elif place and (line.path is not Path.DOOR or host(place) == line.host):  # nobody there has proven who they are
            again[place] = None
    names = list(again)
    return Meanwhile(again=names[-MOST:], lost=lost + len(names[:-MOST]))


def _place(tx: Tx, line: Refusal) -> str | None:
    """Return where to ask for what a line is about; None: that can be asked nowhere, "": it is missed by nobody."""
    is_ours = host(line.object) in houses.get(tx).names
    is_person = line.object == line.actor
    match line.type:
        case "Announce" if is_ours or line.path is Path.INBOX:  # by somebody who is followed, or of a post of ours
            return _readable(line.activity)
        case "Delete" | "Update" | "UpdateAccount" if is_person or line.type == "Delete":
            return line.object if _is_theirs(tx, line.object) else ""
        case kind if (_is_post(line) or kind in _CHANGED) and not is_ours:
            return _readable(line.object)
        case kind:
            return None if kind in (MANY, "Votes") or (is_ours and kind in _LOST) else ""


def _is_post(line: Refusal) -> bool:
    return line.path is Path.POST or line.type in _POSTED


def _readable(uri: str) -> str | None:
    return uri if uri and "#" not in uri else None


def _is_theirs(tx: Tx, uri: str) -> bool:
    """Whether we hold a post, or know somebody, of this id who is of another server."""
    known = posts.find_uri(tx, uri) or accounts.find_uri(tx, uri)
    return known is not None and not known.local


# What stands there ----------------------------------------------------------------------------------------------------
def take(tx: Tx, post: IncomingPost) -> Post | Need | Refused:
    """Let in a post that was turned away, or its edit, as it stands at its origin.

    That ``post.author`` really said this is *not* checked here.
    """
    lines = rebuffs.about(tx, post.uri)
    was_sent = any(map(_is_post, lines))
    known = posts.find_uri(tx, post.uri)
    outcome: Post | Need | Refused = Refused("It is not in the ledger any more.")
    if known is not None:
        outcome = revising.revise(tx, post)
    if was_sent or (known is None and _is_young(post, lines)):
        outcome = receiving.receive(tx, post, MISSED)
    if isinstance(outcome, Post):
        rebuffs.release(tx, [line for line in lines if _is_post(line) or line.type in _CHANGED])
    return outcome


def _is_young(post: IncomingPost, lines: Iterable[Refusal]) -> bool:
    """Whether an edit that was turned away stands for the post itself, as ``revising.revise`` would have it."""
    at = post.published_at
    return any(line.type in _CHANGED and (at is None or line.refused_at - at <= revising.LATE) for line in lines)


def take_boost(tx: Tx, announce: Announce) -> Post | Need | Refused:
    """Let in a boost that was turned away, as it stands at its id; that it does is *not* checked here."""
    outcome = boosting.receive_boost(tx, announce, fresh=True, dated=True)
    if isinstance(outcome, Post):
        rebuffs.release(tx, rebuffs.about(tx, announce.id or ""))
    return outcome


def renewed(tx: Tx, person: str) -> None:
    """Note that somebody was asked who they are now."""
    rebuffs.release(tx, rebuffs.about(tx, person))


def absent(tx: Tx, uri: str, *, gone: bool) -> None:
    """Delete a post that is not at its origin any more; unless it is ``gone``, only if the owner would be shown it."""
    post = posts.find_uri(tx, uri)
    if post is None or post.local:
        return
    author, lines = accounts.get(tx, post.account_id), rebuffs.about(tx, uri)
    was_deleted = any(line.type == "Delete" for line in lines) and _would_be_shown(tx, post, author)
    if gone or post.visibility.is_open or was_deleted:
        removing.remove(tx, uri, author.uri)
        rebuffs.release(tx, lines)


def _would_be_shown(tx: Tx, post: Post, author: Account) -> bool:
    """Whether a post that is not for everybody is for the owner, so that a 404 hides nothing."""
    owner = houses.owner_id(tx)
    is_for_owner = mentions.find(tx, post.id, owner) is not None or follows.has(tx, owner, author.id)
    return is_for_owner and not blocks.has(tx, author.id, owner)
