"""Asking: what the owner may only do when another agrees: quote a post; answer or boost it where its author decides.

A quote is published at once and stays pending until the stamp comes. A reply or boost that needs approval goes to the
author alone, and to everybody else once they agree. When they do not, a boost is taken back, and a reply is kept for
the owner: nobody else sees it any more, and who has it is told to delete it.

Spec: FEP-044f; https://docs.gotosocial.org/en/latest/federation/interaction_controls/; PROTOCOL §5.8.
"""

from smallfed.domain.account import Account
from smallfed.domain.draft import Draft
from smallfed.domain.events import InteractionApproved, QuoteAsked, ReplyTurnedDown
from smallfed.domain.incoming import Accept, Reject
from smallfed.domain.interaction import Approval, Quote, QuoteState
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin
from smallfed.errors import Invalid
from smallfed.policy.interacting import Leave
from smallfed.services import boosting, liking, permitting, quoting, rendering
from smallfed.store import accounts, approvals, houses, ids, likes, mentions, posts, quotes, recipients, threads
from smallfed.store.tx import Tx

_NOT_ASKED = "The owner has not asked that of its sender."
_NOT_THEIRS = "It is about nothing that the owner did with a post of its sender."


# Quotes ---------------------------------------------------------------------------------------------------------------
def quote(tx: Tx, post: Post, draft: Draft) -> bool:
    """Let a new post of the owner quote what its ``draft`` says; return whether its author has to be asked.

    NotFound when the owner may not see that, Invalid when it may not be quoted so. Its author may see the post.
    """
    if draft.quoted_id is None:
        return False
    owner, house = accounts.owner(tx), houses.get(tx)
    quoted = _quotable(tx, owner, draft, draft.quoted_id)
    number = ids.fresh(tx, "quotes")
    own = quoted.account_id == owner.id or draft.visibility is Visibility.LOCAL  # of which nobody hears
    quotes.put(
        tx,
        Quote(
            id=number,
            post_id=post.id,
            quoted=quoted.uri,
            quoted_id=quoted.id,
            state=QuoteState.ACCEPTED if own else QuoteState.PENDING,
            request=None if own else house.thing("quote_requests", number),
            created_at=tx.now,
        ),
    )
    if not own:
        mentions.put(tx, post.id, quoted.account_id, silent=True)
    return not own


def require_quotable(tx: Tx, draft: Draft) -> None:
    """Raise what ``quote`` would raise for a post that is made of ``draft``."""
    if draft.quoted_id is not None:
        _quotable(tx, accounts.owner(tx), draft, draft.quoted_id)


def _quotable(tx: Tx, owner: Account, draft: Draft, wanted: int) -> Post:
    quoted = boosting.original(tx, posts.get_visible(tx, wanted, owner.id))
    _allow(tx, owner, quoted, draft)
    return quoted


def _allow(tx: Tx, owner: Account, quoted: Post, draft: Draft) -> None:
    if draft.visibility is Visibility.LOCAL:
        return
    if quoted.visibility is Visibility.LOCAL:
        raise Invalid("Validation failed: A post that only you can see can only be quoted in such a post")
    if permitting.may_quote(tx, owner, quoted) is Leave.DENIED:
        raise Invalid("Validation failed: This post cannot be quoted: its author does not let you")
    if quoted.visibility is Visibility.PRIVATE and draft.visibility.is_open:
        raise Invalid("Validation failed: A post for followers can only be quoted for followers")
    named = quoted.account_id in (owner.id, *draft.mentions)
    if draft.visibility is Visibility.DIRECT and not named:
        raise Invalid("Validation failed: Who is quoted in a private mention has to be mentioned, too")


def ask(tx: Tx, post: Post) -> None:
    """Ask for the consent to a quote that was published."""
    tx.announce(QuoteAsked(post=post.id))


# Answers --------------------------------------------------------------------------------------------------------------
def granted(tx: Tx, sender: Account, accept: Accept) -> Refused | None:
    """Do what was asked for, now that ``sender`` agrees: only who was asked can say so."""
    quote = _asked(tx, accept)
    if quote is not None:
        return _quote_granted(tx, sender, quote, accept.result)
    return _approved(tx, sender, accept.follow.id, accept.result or accept.id)


def denied(tx: Tx, sender: Account, reject: Reject) -> Refused | None:
    """Undo what was asked for, or done without asking: ``sender`` does not agree, or not any more."""
    quote = _asked(tx, reject)
    if quote is None:
        return _unwanted(tx, sender, reject.follow.id)
    if quoting.author_of(tx, quote) != sender.uri:
        return Refused(_NOT_ASKED)
    if quote.state in quoting.UNDECIDED:
        quoting.lose(tx, quote)
    return None


def _quote_granted(tx: Tx, sender: Account, quote: Quote, stamp: str | None) -> Refused | None:
    """Note that the author of what the owner quotes agrees, with a stamp of their own."""
    if quoting.author_of(tx, quote) != sender.uri:
        return Refused(_NOT_ASKED)
    if quote.state in (QuoteState.REVOKED, QuoteState.DELETED):
        return Refused("The quote was revoked.")
    if not same_origin(stamp, sender.uri):
        return Refused("It comes without a stamp of its sender's own.")
    if quote.state is QuoteState.ACCEPTED:
        return None  # another stamp each time would make us tell everybody each time
    quotes.change(tx, quote.id, claimed=stamp, checked_at=tx.now)
    quoting.settle(tx, quote, QuoteState.ACCEPTED, stamp=stamp)
    return None


def _asked(tx: Tx, answer: Accept | Reject) -> Quote | None:
    """Return the quote of the owner that an answer is about: by the id of the request, else by what was asked for."""
    known = None if answer.follow.id is None else quotes.find_request(tx, answer.follow.id)
    if known is None and answer.instrument is not None and answer.kind == "QuoteRequest":
        post = posts.find_uri(tx, answer.instrument)
        known = quotes.of_post(tx, post.id) if post is not None and post.local else None
    return known


# Replies, boosts and likes --------------------------------------------------------------------------------------------
def waits(tx: Tx, post: int) -> Approval | None:
    """Return whose word a reply or boost of the owner lacks, None when it may go to everybody."""
    known = approvals.find(tx, post)
    return None if known is None or known.state is QuoteState.ACCEPTED else known


def _approved(tx: Tx, sender: Account, uri: str | None, proof: str | None) -> Refused | None:
    """Let others hear of the reply or boost ``uri`` that waited for it. Likes need nothing more: nobody else hears."""
    post = None if uri is None else posts.find_uri(tx, uri)
    known = None if post is None else approvals.find(tx, post.id)
    if post is None or known is None or not _may_judge(tx, sender, known):
        return Refused(_NOT_ASKED)
    if known.state is QuoteState.PENDING:
        approvals.settle(tx, post.id, QuoteState.ACCEPTED, proof if same_origin(proof, sender.uri) else None)
        tx.announce(InteractionApproved(post=post.id))
    return None


def _unwanted(tx: Tx, sender: Account, uri: str | None) -> Refused | None:
    """Take the reply, boost or like ``uri`` of the owner back, which the author of what it is about does not want."""
    if uri is None:
        return Refused(_NOT_THEIRS)
    like = likes.find_uri(tx, uri)
    if like is not None and like.account_id == houses.owner_id(tx):
        liked = posts.get(tx, like.post_id)
        if liked.account_id != sender.id:
            return Refused(_NOT_THEIRS)
        liking.unlike(tx, liked)
        return None
    post = posts.find_uri(tx, uri)
    if post is None or not post.local or not _is_about(tx, sender, post):
        return Refused(_NOT_THEIRS)
    if post.boost_of_id is not None:
        boosting.take_back(tx, post)
    else:
        _hide(tx, post, sender)
    return None


def _hide(tx: Tx, post: Post, author: Account) -> None:
    """Show a reply to nobody any more but the owner and whom it names; whoever may have it is told to delete it."""
    house, was = houses.get(tx), approvals.find(tx, post.id)
    if was is not None and was.state is QuoteState.REJECTED:
        return
    note = rendering.note(tx, house, post)
    had = tuple(recipients.had(tx, post.id)) if was is None or was.state is QuoteState.ACCEPTED else ()
    if was is None:
        approvals.put(tx, post.id, author.id)
    approvals.settle(tx, post.id, QuoteState.REJECTED, None)
    posts.change(tx, post.id, visibility=Visibility.DIRECT)
    tx.announce(ReplyTurnedDown(post=post.id, uri=post.uri, audience=(*note.to, *note.cc), inboxes=had))


def _may_judge(tx: Tx, sender: Account, approval: Approval) -> bool:
    """Whether the word is the sender's: the author's, or (on PeerTube) that of who owns the video it is about."""
    return approval.account_id == sender.id or _is_about(tx, sender, posts.get(tx, approval.post_id))


def _is_about(tx: Tx, sender: Account, post: Post) -> bool:
    """Whether a reply or boost of the owner is about a post of the sender: what it answers, or the head of it all."""
    if post.boost_of_id is not None:
        return posts.get(tx, post.boost_of_id).account_id == sender.id
    if post.in_reply_to_account_id == sender.id:
        return True
    above = threads.ancestors(tx, post, post.account_id)
    parent = None if post.in_reply_to_id is None else posts.find(tx, post.in_reply_to_id)
    return (
        bool(above) and above[0].account_id == sender.id and parent is not None and same_origin(parent.uri, sender.uri)
    )
