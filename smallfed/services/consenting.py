"""Consenting: others ask before they quote, answer, like, boost or feature; the owner's policies answer.

Who is allowed gets a stamp, which everybody can read under its id until the owner revokes it.

Spec: FEP-044f (QuoteRequest), FEP-7aa9 (FeatureRequest); LikeRequest, ReplyRequest, AnnounceRequest as
https://docs.gotosocial.org/en/latest/federation/interaction_controls/ has them; PROTOCOL §§4.15, 5.7; SAFETY rule 16.
"""

from smallfed.domain.account import Account
from smallfed.domain.events import RequestDenied, RequestGranted, StampRevoked
from smallfed.domain.incoming import Request
from smallfed.domain.interaction import Interaction, QuoteState, Stamp
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin
from smallfed.errors import NotFound
from smallfed.policy.interacting import Leave
from smallfed.services import boosting, liking, permitting, quoting, receiving, revising
from smallfed.services.receiving import Coming
from smallfed.store import accounts, blocks, follows, houses, ids, posts, quotes, stamps
from smallfed.store.tx import Tx

FEATURED = 100  # collections of one account that the owner may be in


def answer(tx: Tx, request: Request) -> Need | Refused | None:
    """Answer what somebody asks, with a stamp or with a Reject; Refused: it is no question that has an answer here.

    Asked again, the same stamp is given again.
    """
    account = accounts.find_uri(tx, request.actor)
    if account is None or account.gone_at is not None:
        return Need(request.actor)
    if not same_origin(request.instrument, request.actor):
        return Refused("What it asks for is not the asker's own.")
    if request.kind is Interaction.FEATURE:
        return _answer_feature(tx, account, request)
    post = posts.find_url(tx, request.object)
    if post is None or not post.local or post.boost_of_id is not None or not post.visibility.is_open:
        return Refused("It is not about a post of the owner that everybody can see.")
    if _shut_out(tx, account) or not _is_allowed(tx, account, post, request):
        return _deny(tx, account, request, post.uri)
    done = _do(tx, account, post, request)
    if isinstance(done, Need | Refused):
        return done
    _grant(tx, account, request, post.uri, post.id)
    return None


def _shut_out(tx: Tx, account: Account) -> bool:
    return blocks.either(tx, houses.owner_id(tx), account.id)


def _is_allowed(tx: Tx, account: Account, post: Post, request: Request) -> bool:
    """Whether the owner's policy allows it, and the owner has not revoked it already."""
    if request.kind is Interaction.REPLY:
        return permitting.may_answer(tx, account, post)
    if request.kind is not Interaction.QUOTE:
        return True  # our posts limit nothing else
    known = posts.find_uri(tx, request.instrument)
    quote = None if known is None else quotes.of_post(tx, known.id)
    if quote is not None and quote.quoted_id == post.id and quote.state is QuoteState.REVOKED:
        return False
    return permitting.may_quote(tx, account, post) is Leave.AUTOMATIC


def _do(tx: Tx, account: Account, post: Post, request: Request) -> Need | Refused | None:
    """Let it happen, if it is what it was said to be."""
    match request.kind:
        case Interaction.QUOTE:
            return _be_quoted(tx, account, post, request)
        case Interaction.LIKE:
            return liking.receive_like(tx, account, post, request.instrument)
        case Interaction.ANNOUNCE if request.announce is not None and request.announce.object == post.uri:
            boost = boosting.receive_boost(tx, request.announce)
            return boost if isinstance(boost, Need | Refused) else None
        case Interaction.REPLY:
            reply = _their_post(tx, account, request)
            if isinstance(reply, Need | Refused):
                return reply
            return None if reply.in_reply_to_id == post.id else Refused("It answers another post.")
        case _:
            return Refused("It does not say what it asks for.")


def _be_quoted(tx: Tx, account: Account, post: Post, request: Request) -> Need | Refused | None:
    found = _their_post(tx, account, request)
    if isinstance(found, Need | Refused):
        return found
    quote = quotes.of_post(tx, found.id)
    if quote is None or quote.quoted_id != post.id:
        return Refused("The post does not quote what it asks to quote.")
    quotes.change(tx, quote.id, request=request.id)
    return None


def _their_post(tx: Tx, account: Account, request: Request) -> Post | Need | Refused:
    """Return the quote or reply of somebody, which came along or is fetched."""
    known = posts.find_uri(tx, request.instrument)
    if request.post is not None and known is None:
        came = receiving.receive(tx, request.post, Coming(fresh=True, personal=True))
        if not isinstance(came, Post):
            return came
        known = came
    elif request.post is not None and known is not None and quotes.of_post(tx, known.id) is None:
        came = revising.revise(tx, request.post)
        known = came if isinstance(came, Post) else known
    if known is None:
        return Need(request.instrument)
    return known if known.account_id == account.id else Refused("It is not the asker's own post.")


# Being featured -------------------------------------------------------------------------------------------------------
def _answer_feature(tx: Tx, account: Account, request: Request) -> Refused | None:
    owner = accounts.owner(tx)
    if request.object != owner.uri:
        return Refused("It is not the owner who would be featured.")
    welcome = owner.discoverable and (not owner.locked or follows.has(tx, account.id, owner.id))
    too_many = len(stamps.of_account(tx, account.id, Interaction.FEATURE)) >= FEATURED
    if not welcome or _shut_out(tx, account) or too_many:
        return _deny(tx, account, request, owner.uri)
    _grant(tx, account, request, owner.uri, None)
    return None


def forget(tx: Tx, actor: str, uri: str) -> bool:
    """Forget the stamps for what ``actor`` has taken back: the request, the collection or the item ``uri``.

    False when there is none. They are told nothing: it was their doing.
    """
    account = accounts.find_uri(tx, actor)
    theirs = [] if account is None else stamps.of_account(tx, account.id, Interaction.FEATURE)
    gone = [stamp for stamp in theirs if uri in (stamp.interacting, stamp.request)]
    for stamp in gone:
        stamps.drop(tx, stamp.id)
    return bool(gone)


# Answers --------------------------------------------------------------------------------------------------------------
def _grant(tx: Tx, account: Account, request: Request, target: str, post: int | None) -> None:
    known = stamps.given(tx, request.kind, request.instrument, target)
    number = ids.fresh(tx, "stamps") if known is None else known.id
    if known is None:
        _make_room(tx, account, request, target)
        stamp = Stamp(
            id=number,
            kind=request.kind,
            account_id=account.id,
            interacting=request.instrument,
            target=target,
            post_id=post,
            request=request.id,
            created_at=tx.now,
        )
        stamps.put(tx, stamp)
    quoting_post = posts.find_uri(tx, request.instrument) if request.kind is Interaction.QUOTE else None
    quote = None if quoting_post is None else quotes.of_post(tx, quoting_post.id)
    if quote is not None:
        quoting.settle(tx, quote, QuoteState.ACCEPTED, stamp=houses.get(tx).thing("stamps", number))
    if request.id is not None:
        again = known is not None
        tx.announce(RequestGranted(stamp=number, account=account.id, request=request.id, again=again))


def _make_room(tx: Tx, account: Account, request: Request, target: str) -> None:
    """Drop what a new stamp stands for from now on: nobody likes or boosts a thing twice, under however many ids."""
    if request.kind in (Interaction.LIKE, Interaction.ANNOUNCE):
        for stamp in stamps.of_account(tx, account.id, request.kind):
            if stamp.target == target:
                stamps.drop(tx, stamp.id)


def _deny(tx: Tx, account: Account, request: Request, target: str) -> Refused | None:
    if request.id is None:
        return Refused("It is not allowed, and has no id that could be answered.")
    tx.announce(
        RequestDenied(
            kind=request.kind,
            account=account.id,
            request=request.id,
            interacting=request.instrument,
            target=target,
        )
    )
    return None


# Revoking -------------------------------------------------------------------------------------------------------------
def revoke_quote(tx: Tx, post: Post, quoting_post: int) -> Post:
    """Take the consent to a quote of a post of the owner back, and return the quoting post; NotFound for any other."""
    quote = quotes.of_post(tx, quoting_post)
    if not post.local or quote is None or quote.quoted_id != post.id:
        raise NotFound("Record not found")
    found = posts.get(tx, quoting_post)
    if quote.state in quoting.UNDECIDED:
        quoting.settle(tx, quote, QuoteState.REVOKED)
    stamp = stamps.given(tx, Interaction.QUOTE, found.uri, post.uri)
    if stamp is not None:
        _revoke(tx, stamp, public=found.visibility.is_open)
    return found


def revoke_all(tx: Tx, account: Account) -> None:
    """Take everything back that an account was allowed."""
    for stamp in stamps.of_account(tx, account.id):
        found = posts.find_uri(tx, stamp.interacting) if stamp.kind is Interaction.QUOTE else None
        quote = None if found is None else quotes.of_post(tx, found.id)
        if quote is not None:
            quoting.settle(tx, quote, QuoteState.REVOKED)
        _revoke(tx, stamp, public=False)


def unfeature(tx: Tx) -> None:
    """Take the owner's consent to be featured back, wherever it was given."""
    for stamp in stamps.of_kind(tx, Interaction.FEATURE):
        _revoke(tx, stamp, public=True)


def _revoke(tx: Tx, stamp: Stamp, *, public: bool) -> None:
    stamps.drop(tx, stamp.id)
    tx.announce(
        StampRevoked(
            stamp=stamp.id,
            kind=stamp.kind,
            account=stamp.account_id,
            interacting=stamp.interacting,
            target=stamp.target,
            post=stamp.post_id,
            public=public,
        )
    )
