"""Judging: what the owner's rules and domain blocks say about what comes, and the ledger of what was refused.

| path | where it is judged | what is judged |
|---|---|---|
| inbox, before it is stored | federation/senders; ``dealing.keeps_out`` | the domain of the key, and of the handle |
| inbox, of whom is cut off | services/ending | whether it ends something that is frozen |
| inbox | ``activity``, by inbox/registry | who sends it, how much |
| post: sent, fetched, boosted, quoted, answered, edited | ``post``, by services/receiving, revising | all of it |
| follow | ``asks_owner``, by services/admitting | who asks |
| notification | ``notification``, by services/screening | who causes it, and the post |
| notification by a stranger | services/sifting | what it says, what it is like, how many there are |
| fetch, search, follow sync | ``dealing.may_ask``, by workers/documents | the host |
| media fetch | ``dealing.wants_media`` | the host, and whose it is |
| delivery | ``dealing.unwanted_hosts``, by services/queueing | the host |
| reading, streaming | store/visibility, store/judgements | what holds now |

Without rules each costs one look at a table of one row.

Spec: PROTOCOL §9.2; SAFETY §5.
"""

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.incoming import (
    Announce,
    Arrival,
    Create,
    Follow,
    Handed,
    Incoming,
    IncomingPost,
    Mentioned,
    UpdatePost,
)
from smallfed.domain.notification import Handling
from smallfed.domain.post import Post
from smallfed.domain.purge import PURGED
from smallfed.domain.refusal import Path
from smallfed.domain.refused import Refused
from smallfed.domain.rule import SILENT, Action, Judgement, Verdict
from smallfed.domain.uris import host
from smallfed.policy import rules as policy
from smallfed.policy.domains import EVERYBODY
from smallfed.services import describing, permitting, sifting
from smallfed.store import (
    accounts,
    domain_blocks,
    findings,
    judgements,
    posts,
    purges,
    refusals,
    rules,
)
from smallfed.store.refusals import BY_BLOCK, BY_LISTS, BY_PERSON, Came
from smallfed.store.tx import Tx

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def _by_lists(tx: Tx, actor: str, account: Account | None) -> Verdict | None:
    """Return what refuses somebody because lists of others name them."""
    found = findings.shunning(tx, describing.names(actor, account))
    return None if found is None else Verdict(Action.REJECT, f"{found.because or 'You said so'}.", BY_LISTS)


# Inbox ----------------------------------------------------------------------------------------------------------------
def activity(tx: Tx, incoming: Incoming, arrival: Arrival) -> Refused | None:
    """Judge who sends an activity. A post in it is judged by ``post``; what waits for the owner is no Follow."""
    refused = cut_off(tx, incoming, by=arrival.actor)
    if refused is not None:
        return refused
    if not isinstance(incoming, Create | UpdatePost) and purges.holds(
        tx, incoming.actor, getattr(incoming, "object", "")
    ):
        return Refused(PURGED)
    book, named = rules.book(tx), findings.names_people(tx)
    if not (book or named) or isinstance(incoming, Handed | Mentioned):
        return None
    account = accounts.find_uri(tx, incoming.actor)
    verdict = _by_lists(tx, incoming.actor, account) if named else None
    if verdict is None and book:
        facts = structs.replace(describing.sender(tx, incoming.actor, account), rate=arrival.rate, relay=arrival.relay)
        verdict = policy.judge(book, facts, tx.now).refusal
    if verdict is None or (verdict.action is Action.HOLD and isinstance(incoming, Follow)):
        return None
    about = incoming.post.uri if isinstance(incoming, Create | UpdatePost) else ""
    return _refuse(tx, _came(incoming, about), verdict)


def cut_off(tx: Tx, incoming: Incoming, *, by: str | None = None) -> Refused | None:
    """Judge whether the actor of an activity, or ``by`` who hands it over, is on a server that is cut off.

    What it says is not kept.
    """
    cut_by = domain_blocks.cutting(tx, by or incoming.actor)
    if cut_by is None:
        return None
    about = incoming.post.uri if isinstance(incoming, Create | UpdatePost) else ""
    came = structs.replace(_came(incoming, about), raw=None, missed=True)
    refusals.put(tx, came, blocked(cut_by))
    return Refused("The owner has blocked the server it comes from.")


def boosted(tx: Tx, announce: Announce) -> Refused | None:
    """Judge whether somebody whom the owner follows boosts what is on a server that is cut off."""
    cut_by = domain_blocks.holding(tx, host(announce.object) or "")
    if cut_by is None:
        return None
    refusals.put(tx, structs.replace(_came(announce, ""), missed=True), blocked(cut_by))
    return Refused("It boosts what is on a server that the owner has blocked.")


def blocked(domain: str) -> Verdict:
    """Return what the row for ``domain`` says of whom it cuts off."""
    why = "Only servers that you allow are let in." if domain == EVERYBODY else "Its server is blocked."
    return Verdict(Action.REJECT, why, f"{BY_BLOCK}{domain}")


def shunned(tx: Tx, account: Account, came: IncomingPost | Announce) -> None:
    """Write down what the owner would have been shown, and is not since the owner blocks who sends it."""
    if isinstance(came, Announce):
        line = _came(came, "")
    else:
        line = Came(path=Path.POST, actor=account.uri, host=host(account.uri) or "", type=came.kind, object=came.uri)
    verdict = Verdict(Action.REJECT, "You block them.", BY_PERSON)
    refusals.put(tx, structs.replace(line, missed=True), verdict)


def _came(incoming: Incoming, about: str) -> Came:
    return Came(
        path=Path.INBOX,
        actor=incoming.actor,
        host=host(incoming.actor) or "",
        type=type(incoming).__name__,
        activity=incoming.id or "",
        object=about or getattr(incoming, "object", None) or "",
        raw=incoming.post.raw if isinstance(incoming, Create | UpdatePost) else None,
    )


def _refuse(tx: Tx, came: Came, verdict: Verdict) -> Refused | None:
    """Write it into the ledger, unless the owner has let it in before."""
    if refusals.is_released(tx, came.actor, came.object if came.is_post else came.activity):
        return None
    refusals.put(tx, came, verdict)
    waits = " It waits in the ledger." if verdict.action is Action.HOLD else ""
    return Refused(f"{verdict.reason} ({verdict.rule}){waits}")


# Posts ----------------------------------------------------------------------------------------------------------------
def post(
    tx: Tx, incoming: IncomingPost, author: Account, *, relay: str | None = None, parent: Post | None = None
) -> tuple[IncomingPost, Judgement] | Refused:
    """Judge a post, however it came: return it as it may be stored, with what rules say about it, or why it may not.

    ``relay``: the host of the relay that brought it, if one did. ``parent``: what it answers, when it is new.
    """
    named = _by_lists(tx, author.uri, author) if findings.names_people(tx) else None
    named = named or sifting.unwanted(tx, incoming, author)
    named = named or (None if parent is None else permitting.uninvited(tx, author, parent))
    if not rules.book(tx) and named is None:
        return incoming, SILENT
    found = content(tx, incoming, author, relay=relay)
    verdict = named or found.refusal
    if verdict is not None:
        came = Came(
            path=Path.POST,
            actor=author.uri,
            host=host(author.uri) or "",
            type=incoming.kind,
            object=incoming.uri,
            raw=incoming.raw or None,
        )
        refused = _refuse(tx, came, verdict)
        if refused is not None:
            return refused
        return incoming, SILENT
    return adjusted(incoming, author, found), found


def content(tx: Tx, incoming: IncomingPost, author: Account, *, relay: str | None = None) -> Judgement:
    """Return what rules would say about a post; nothing comes of it."""
    book = rules.book(tx)
    if not book:
        return SILENT
    return policy.judge(book, structs.replace(describing.post(tx, incoming, author), relay=relay), tx.now)


def person(tx: Tx, number: int) -> Judgement:
    """Return what rules would say about an account; nothing comes of it."""
    account = accounts.get(tx, number)
    return policy.judge(rules.book(tx), describing.sender(tx, account.uri, account), tx.now)


def adjusted(incoming: IncomingPost, author: Account, found: Judgement) -> IncomingPost:
    """Return a post as rules let it in."""
    if found.says(Action.STRIP):
        incoming = structs.replace(incoming, attachments=())
    if found.says(Action.SENSITIVE):
        incoming = structs.replace(incoming, sensitive=True)
    if found.says(Action.PRIVATE) and PUBLIC in (*incoming.to, *incoming.cc):
        others = tuple(uri for uri in (*incoming.to, *incoming.cc) if uri not in (PUBLIC, author.followers))
        incoming = structs.replace(incoming, to=(author.followers or author.uri,), cc=others)
    return incoming


def keep(tx: Tx, stored: Post, found: Judgement, *, anew: bool = False) -> None:
    """Keep with a post what rules say about it; ``anew``: instead of what they said of an earlier version."""
    if found.verdicts:
        judgements.put(tx, stored.id, found.verdicts)
    elif anew:
        judgements.drop(tx, stored.id)


# People ---------------------------------------------------------------------------------------------------------------
def asks_owner(tx: Tx, follower: Account) -> bool:
    """Whether it is left to the owner if somebody may follow: by a rule, or because too many strangers want to now."""
    return sifting.floods(tx, follower) or holds(tx, follower)


def holds(tx: Tx, follower: Account) -> bool:
    """Whether a rule leaves it to the owner if somebody may follow."""
    book = rules.book(tx)
    return bool(book) and policy.judge(book, describing.sender(tx, follower.uri, follower), tx.now).says(Action.HOLD)


def notification(tx: Tx, account: Account, post: int | None) -> Handling:
    """Return what rules make of a notification that ``account`` causes.

    Whom the owner follows always notifies, and so does a post that was let in from the ledger.
    """
    book = rules.book(tx)
    if not book:
        return Handling.ACCEPT
    facts = describing.sender(tx, account.uri, account)
    if facts.followed:
        return Handling.ACCEPT
    found = policy.judge(book, facts, tx.now)
    if (
        found.refusal is not None
        and post is not None
        and refusals.is_released(tx, account.uri, posts.get(tx, post).uri)
    ):
        return Handling.ACCEPT
    if found.refusal is not None and found.refusal.action is not Action.HOLD:
        return Handling.DROP
    said = post is not None and judgements.says(tx, post, Action.HUSH)
    return Handling.FILTER if said or found.says(Action.HUSH) or found.says(Action.HOLD) else Handling.ACCEPT
