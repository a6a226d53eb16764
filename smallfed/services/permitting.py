"""Permitting: what the policy of a post says to somebody, and the owner's own policies.

Spec: FEP-044f; https://docs.gotosocial.org/en/latest/federation/interaction_controls/; CLIENT_API §5.
"""

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.events import PolicyChanged
from smallfed.domain.interaction import Interaction, Policy, QuotePolicy, ReplyPolicy, SubPolicy
from smallfed.domain.post import Post, Visibility
from smallfed.domain.rule import Action, Verdict
from smallfed.errors import Invalid, NotFound
from smallfed.policy import interacting
from smallfed.policy.interacting import EVERYBODY, Leave, Standing
from smallfed.store import accounts, follows, houses, mentions, policies, posts
from smallfed.store.tx import Tx

_WORDS = {Interaction.REPLY: "answer", Interaction.LIKE: "favourite", Interaction.ANNOUNCE: "boost"}


def standing(tx: Tx, account: Account, post: Post) -> Standing:
    """Return how an account stands to a post and its author."""
    author = accounts.get(tx, post.account_id)
    return Standing(
        actor=account.uri,
        author=author.uri,
        followers=author.followers,
        following=author.following,
        follows=follows.has(tx, account.id, author.id),
        followed=follows.has(tx, author.id, account.id),
        named=mentions.find(tx, post.id, account.id) is False or post.in_reply_to_account_id == account.id,
    )


def may_quote(tx: Tx, account: Account, post: Post) -> Leave:
    """Return whether an account may quote a post: beyond its author, only what everybody can see."""
    if post.boost_of_id is not None or post.visibility is Visibility.DIRECT:
        return Leave.DENIED
    if not post.visibility.is_open and post.account_id != account.id:
        return Leave.DENIED
    return interacting.leave(policies.find(tx, post.id), Interaction.QUOTE, standing(tx, account, post))


def uninvited(tx: Tx, account: Account, parent: Post) -> Verdict | None:
    """Return what holds an answer of an account to a post of the owner that lets only others answer; None for none."""
    if not parent.local or may_answer(tx, account, parent):
        return None
    return Verdict(Action.HOLD, "You let only others answer your post.", "who may reply")


def may_answer(tx: Tx, account: Account, post: Post) -> bool:
    """Return whether a post of the owner lets an account answer it without asking."""
    policy = policies.find(tx, post.id)
    if policy is None or policy.reply is None:
        return True
    return interacting.leave(policy, Interaction.REPLY, standing(tx, account, post)) is Leave.AUTOMATIC


def must_ask(tx: Tx, post: Post, interaction: Interaction) -> bool:
    """Return whether the owner has to wait for the author's word before others hear of it; Invalid if it is denied."""
    policy = policies.find(tx, post.id)
    if policy is None or post.local:
        return False
    who = standing(tx, accounts.owner(tx), post)
    if interacting.leave(policy, interaction, who) is Leave.DENIED:
        raise Invalid(f"Validation failed: Its author does not let you {_WORDS[interaction]} this post")
    return interacting.must_ask(policy, interaction, who)


# The owner's own ------------------------------------------------------------------------------------------------------
def policy_of(tx: Tx, quotes: QuotePolicy, replies: ReplyPolicy, visibility: Visibility) -> Policy:
    """Return what a post of the owner says; what is not for everybody, nobody may quote."""
    house = houses.get(tx)
    who = {
        "public": EVERYBODY,
        "followers": SubPolicy(automatic=(house.followers,)),
        "following": SubPolicy(automatic=(house.following,)),
        "nobody": SubPolicy(automatic=(house.actor,)),  # an empty list would say nothing at all
    }
    return Policy(
        quote=who[quotes.value if visibility.is_open else QuotePolicy.NOBODY.value],
        reply=None if replies is ReplyPolicy.PUBLIC else who[replies.value],
    )


def set_policy(tx: Tx, post: Post, quotes: QuotePolicy | None = None, replies: ReplyPolicy | None = None) -> Post:
    """Let those quote and answer a post of the owner from now on, None: as it is; NotFound for what is another's.

    What was allowed stays so.
    """
    if not post.local or post.boost_of_id is not None:
        raise NotFound("Record not found")
    before = policies.find(tx, post.id) or policy_of(tx, QuotePolicy.NOBODY, ReplyPolicy.PUBLIC, post.visibility)
    said = policy_of(tx, quotes or QuotePolicy.NOBODY, replies or ReplyPolicy.PUBLIC, post.visibility)
    policy = structs.replace(
        before,
        quote=before.quote if quotes is None else said.quote,
        reply=before.reply if replies is None else said.reply,
    )
    if policy != policies.find(tx, post.id):
        policies.put(tx, post.id, policy)
        tx.announce(PolicyChanged(post=post.id))
    return posts.get(tx, post.id)
