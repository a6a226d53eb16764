"""Update: a post, or the profile of its sender, has a new version.

Spec: ActivityPub §7.3; PROTOCOL §§4.2, 4.5, 4.6; SAFETY rule 10.
"""

from smallfed.domain.account import Account
from smallfed.domain.incoming import Arrival, IncomingAccount, UpdateAccount, UpdatePost
from smallfed.domain.need import Need
from smallfed.inbox.outcome import Done, Ignored, Outcome, outcome_of
from smallfed.services import meeting, revising
from smallfed.store import accounts
from smallfed.store.tx import Tx


def handle_post(tx: Tx, activity: UpdatePost, _: Arrival) -> Outcome:
    """Store the new version; only the stored author may send one."""
    return outcome_of(revising.revise(tx, activity.post))


def handle_account(tx: Tx, activity: UpdateAccount, _: Arrival) -> Outcome:
    """Store the new profile of somebody we know. A new name counts only when WebFinger confirms it: that is fetched."""
    known = accounts.find_uri(tx, activity.actor)
    if known is None:
        return Ignored("We do not know who has changed.")
    if known.local:
        return Ignored("Our own profile is not changed from outside.")
    if not _same_name(activity.account, known):
        return Need(activity.actor)
    meeting.meet(tx, activity.account, known.host)
    return Done()


def _same_name(account: IncomingAccount, known: Account) -> bool:
    claimed = account.claim.lower() if account.claim else None
    return claimed == known.handle.lower() if claimed else account.username.lower() == known.username.lower()
