"""Acting: what whoever runs the house does about people on other servers.

On a server of one that is the owner: what apps call suspending somebody is the owner's block, silencing is muting.

Spec: https://docs.joinmastodon.org/methods/admin/accounts/#action.
"""

from smallfed.domain.account import Account
from smallfed.errors import Invalid
from smallfed.services import blocking, muting, reckoning
from smallfed.store.tx import Tx


def act(tx: Tx, target: Account, action: str) -> None:
    """Do to somebody on another server what can be done here; Invalid says what cannot, and what can."""
    if target.local:
        raise Invalid("This is your own account. To leave for good there is `smallfed farewell`.")
    match action:
        case "none":
            pass
        case "suspend":
            blocking.block(tx, target)
        case "silence":
            muting.mute(tx, target)
        case "unsuspend":
            reckoning.unblock(tx, target)
        case "unsilence":
            reckoning.unmute(tx, target)
        case _:
            raise Invalid(
                f"{action!r} cannot be done on a server of one person: there are none (to be done with a"
                " report), silence (which mutes) and suspend (which blocks)"
            )
