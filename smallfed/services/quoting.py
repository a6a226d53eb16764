"""Quoting: posts of others that quote, and what comes of it. What the owner quotes is ``asking``'s.

A quote is shown when its author quotes themselves, or when a stamp of the quoted author was found to be good. Written
in a form that knows no consent, it is shown where the quoted post's author has not said who may quote it either: then
nobody could be asked. What says so, and what is ours, needs a stamp.

Spec: FEP-044f; PROTOCOL §5.7; SAFETY §1.1 (CVE-2026-33869, GHSA-8h43).
"""

from msgspec import Struct

from smallfed.domain.events import QuoteFound, QuoteSettled
from smallfed.domain.incoming import IncomingPost, IncomingQuote, IncomingStamp
from smallfed.domain.interaction import Interaction, Quote, QuoteState
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.uris import host, same_origin
from smallfed.errors import NotFound
from smallfed.policy.domains import covered
from smallfed.policy.interacting import judge_stamp
from smallfed.store import accounts, houses, ids, policies, posts, purges, quotes, stamps
from smallfed.store.tx import Tx

DEEPEST = 1  # quotes of quotes of quotes are not looked for
UNDECIDED = (QuoteState.PENDING, QuoteState.ACCEPTED)


# Posts of others ------------------------------------------------------------------------------------------------------
def receive(tx: Tx, stored: Post, post: IncomingPost, *, fresh: bool) -> None:
    """Note what a post that has come quotes, and what it says about being quoted, answered, liked and boosted."""
    if post.policy is not None:
        policies.put(tx, stored.id, post.policy)
    if post.quote is not None and not purges.holds(tx, post.quote.uri):
        _record(tx, stored, post.quote, fresh=fresh)


def renew(tx: Tx, stored: Post, post: IncomingPost) -> None:
    """Note the same of a new version. The stamp is looked at again, whatever has changed."""
    policies.put(tx, stored.id, post.policy)
    was_purged = post.quote is not None and purges.holds(tx, post.quote.uri)
    _renew(tx, stored, None if was_purged else post.quote)


def _record(tx: Tx, post: Post, quote: IncomingQuote, *, fresh: bool) -> None:
    """Note what a post quotes; what we lack about it is looked for, unless that leads too deep."""
    quoted = None if quote.uri is None else posts.find_url(tx, quote.uri)
    known = Quote(
        id=ids.fresh(tx, "quotes"),
        post_id=post.id,
        quoted=quote.uri if quoted is None else quoted.uri,
        state=QuoteState.DELETED if quote.uri is None else QuoteState.PENDING,
        legacy=quote.legacy,
        claimed=quote.stamp,
        created_at=tx.now,
    )
    quotes.put(tx, known)
    if quoted is not None:
        known = _attach(tx, post, known, quoted)
    depth = 0 if fresh else quotes.height(tx, post.uri)
    if depth <= DEEPEST and _is_open_question(tx, known):
        tx.announce(QuoteFound(post=post.id, depth=depth))


def _renew(tx: Tx, post: Post, quote: IncomingQuote | None) -> None:
    known = quotes.of_post(tx, post.id)
    if known is not None and (quote is None or not _is_same(tx, known, quote)):
        quotes.drop(tx, known.id)
        known = None
    if quote is None:
        return
    if known is None:
        _record(tx, post, quote, fresh=True)
        return
    if quote.stamp != known.claimed and not _is_ours(tx, known):
        undecided = quote.stamp is not None or known.stamp is not None  # a claim that is dropped undoes no revocation
        state = QuoteState.PENDING if undecided and not _is_own(tx, known) else known.state
        quotes.change(tx, known.id, claimed=quote.stamp, stamp=None, state=state, legacy=quote.legacy)
    if _is_open_question(tx, _get(tx, post.id)):
        tx.announce(QuoteFound(post=post.id))


def _is_same(tx: Tx, known: Quote, quote: IncomingQuote) -> bool:
    if known.quoted == quote.uri:
        return True
    quoted = None if quote.uri is None else posts.find_url(tx, quote.uri)
    return quoted is not None and quoted.uri == known.quoted


def _is_open_question(tx: Tx, quote: Quote) -> bool:
    """Whether another server can tell us more about a quote."""
    if quote.state not in UNDECIDED or quote.quoted is None:
        return False
    if _is_ours(tx, quote):
        return False
    return quote.quoted_id is None or (quote.claimed is not None and not _is_own(tx, quote))


def _is_ours(tx: Tx, quote: Quote) -> bool:
    """Whether it is a post of the owner that is quoted: of that we know ourselves whether it may be."""
    return quote.quoted is not None and houses.get(tx).is_ours(quote.quoted)


def _is_own(tx: Tx, quote: Quote) -> bool:
    """Whether somebody quotes themselves."""
    quoted = None if quote.quoted_id is None else posts.find(tx, quote.quoted_id)
    return quoted is not None and quoted.account_id == posts.get(tx, quote.post_id).account_id


def _attach(tx: Tx, post: Post, quote: Quote, quoted: Post) -> Quote:
    """Join a quote with what it quotes, now that we have it. Boosts cannot be quoted."""
    if quoted.boost_of_id is None:
        state = _state(tx, post, quote, quoted) if quote.state is QuoteState.PENDING else quote.state
        quotes.change(tx, quote.id, quoted_id=quoted.id, quoted=quoted.uri, state=state)
    return _get(tx, post.id)


def _state(tx: Tx, post: Post, quote: Quote, quoted: Post) -> QuoteState:
    """Return what can be said of a quote without asking anybody."""
    if quoted.account_id == post.account_id:
        return QuoteState.ACCEPTED
    if quoted.local:
        given = stamps.given(tx, Interaction.QUOTE, post.uri, quoted.uri)
        return QuoteState.PENDING if given is None else QuoteState.ACCEPTED
    policy = policies.find(tx, quoted.id)
    unasked = quote.legacy and (policy is None or policy.quote is None) and quoted.visibility.is_open
    return QuoteState.ACCEPTED if unasked else QuoteState.PENDING


# What is found out ----------------------------------------------------------------------------------------------------
class Question(Struct, frozen=True, kw_only=True):
    """What is to be found out about a quote: what it ``quoted`` is, and whether the stamp ``claimed`` is good.

    ``author`` is that of the quoted post, None while we lack it.
    """

    quoted: str
    claimed: str | None
    author: str | None


def question(tx: Tx, uri: str) -> Question | None:
    """Return what is to be found out about the quote in the post ``uri``, None when there is nothing (any more)."""
    post = posts.find_uri(tx, uri)
    quote = None if post is None else quotes.of_post(tx, post.id)
    if quote is None or quote.quoted is None or not _is_open_question(tx, quote):
        return None
    quoted = None if quote.quoted_id is None else posts.find(tx, quote.quoted_id)
    author = None if quoted is None else accounts.get(tx, quoted.account_id).uri
    return Question(quoted=quote.quoted, claimed=quote.claimed, author=author)


def look(tx: Tx, post: Post) -> None:
    """Look for what a post quotes, which was kept back so far."""
    quote = quotes.of_post(tx, post.id)
    if quote is not None and _is_open_question(tx, quote):
        tx.announce(QuoteFound(post=post.id))


def ask_again(tx: Tx, domain: str) -> None:
    """Look again for what others quote of ``domain`` and what is below it: nothing could be had from there so far."""
    for quote in quotes.unfound(tx):
        if covered(host(quote.quoted or "") or "", {domain}):
            tx.announce(QuoteFound(post=quote.post_id))


def attach(tx: Tx, uri: str, quoted: int) -> None:
    """Join the quote in the post ``uri`` with what it quotes, which was fetched."""
    post, found = posts.find_uri(tx, uri), posts.find(tx, quoted)
    quote = None if post is None else quotes.of_post(tx, post.id)
    if post is None or found is None or quote is None or quote.quoted_id is not None:
        return
    if quote.quoted in (found.uri, found.url) and _attach(tx, post, quote, found).state is not quote.state:
        tx.announce(QuoteSettled(post=post.id, local=post.local))


def vanish(tx: Tx, uri: str) -> None:
    """Note that what the post ``uri`` quotes is gone for good."""
    post = posts.find_uri(tx, uri)
    quote = None if post is None else quotes.of_post(tx, post.id)
    if quote is not None and quote.quoted_id is None:
        settle(tx, quote, QuoteState.DELETED)


def weigh(tx: Tx, uri: str, claimed: str, stamp: IncomingStamp | None) -> Refused | None:
    """Note what stands where the post ``uri`` says that its stamp is; None: nothing does.

    That ``stamp`` was read there is *not* checked here. One that says something else makes a quote no worse than
    pending: whoever quotes could name any.
    """
    post = posts.find_uri(tx, uri)
    quote = None if post is None else quotes.of_post(tx, post.id)
    quoted = None if quote is None or quote.quoted_id is None else posts.find(tx, quote.quoted_id)
    if quote is None or quoted is None or quote.claimed != claimed or quote.state not in UNDECIDED:
        return Refused("It is not asked for any more.")
    author = accounts.get(tx, quoted.account_id).uri
    if stamp is None:
        lose(tx, quote)
        return Refused("There is no such stamp.")
    refused = judge_stamp(stamp, uri=claimed, quoting=uri, quoted=quoted.uri, author=author)
    quotes.change(tx, quote.id, checked_at=tx.now)
    if refused is None:
        settle(tx, quote, QuoteState.ACCEPTED, stamp=claimed)
    elif quote.stamp == claimed:
        lose(tx, quote)
    return refused


def withdrawn(tx: Tx, stamp: str, actor: str) -> bool:
    """Note that ``actor`` has deleted a stamp; False when no quote of a post of theirs has it."""
    if not same_origin(stamp, actor):
        return False
    theirs = [quote for quote in quotes.by_stamp(tx, stamp) if author_of(tx, quote) == actor]
    for quote in theirs:
        settle(tx, quote, QuoteState.REVOKED)
    return bool(theirs)


def author_of(tx: Tx, quote: Quote) -> str | None:
    """Return the actor id of who wrote what is quoted, None while we lack it."""
    quoted = None if quote.quoted_id is None else posts.find(tx, quote.quoted_id)
    return None if quoted is None else accounts.get(tx, quoted.account_id).uri


def lose(tx: Tx, quote: Quote) -> None:
    """Note that a quote is not, or no longer, agreed to."""
    settle(tx, quote, QuoteState.REVOKED if quote.state is QuoteState.ACCEPTED else QuoteState.REJECTED)


def settle(tx: Tx, quote: Quote, state: QuoteState, *, stamp: str | None = None) -> None:
    """Note what has come of a quote, and by which stamp."""
    quotes.change(tx, quote.id, state=state, stamp=stamp)
    if (state, stamp) != (quote.state, quote.stamp):
        tx.announce(QuoteSettled(post=quote.post_id, local=posts.get(tx, quote.post_id).local))


def _get(tx: Tx, post: int) -> Quote:
    found = quotes.of_post(tx, post)
    if found is None:
        raise NotFound("Record not found")
    return found
