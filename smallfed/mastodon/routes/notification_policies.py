"""The notification policy: what becomes of notifications of strangers.

Spec: CLIENT_API §7; https://docs.joinmastodon.org/methods/notifications/#get-policy (v2), #get-policy-v1.
"""

from collections.abc import Mapping

from msgspec import structs

from smallfed.domain.notification import Handling, Policy
from smallfed.errors import Invalid
from smallfed.mastodon import entities
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.routes.notifications import READ, WRITE
from smallfed.services import screening
from smallfed.store import notification_requests

KINDS = tuple(field.name for field in structs.fields(Policy))
V1_KINDS = KINDS[:4]  # what was there before accounts could be limited


def register(door: Door) -> None:
    """Take the routes of this page."""
    for path, read, change in (
        ("/api/v2/notifications/policy", show, update),
        ("/api/v1/notifications/policy", show_v1, update_v1),
    ):
        door.get(path, owner(READ), read)
        door.patch(path, owner(WRITE), change)
        door.put(path, owner(WRITE), change)


async def show(ask: Ask) -> entities.NotificationPolicy:
    """Answer the policy, and how much it keeps back."""
    return await ask.read(_shown)


async def update(ask: Ask) -> entities.NotificationPolicy:
    """Change what is named."""
    return await ask.write(_change, {kind: _handling(ask, f"for_{kind}") for kind in KINDS})


def _handling(ask: Ask, name: str) -> Handling | None:
    said = ask.params.text(name)
    if said is None or said in tuple(Handling):
        return None if said is None else Handling(said)
    raise Invalid(f"{name} should be accept, filter or drop")


def _change(show: Presenter, wanted: Mapping[str, Handling | None]) -> entities.NotificationPolicy:
    _replace(show, {kind: handling for kind, handling in wanted.items() if handling is not None})
    return _shown(show)


def _replace(show: Presenter, changes: Mapping[str, Handling]) -> None:
    screening.change(show.tx, structs.replace(notification_requests.policy(show.tx), **changes))


def _shown(show: Presenter) -> entities.NotificationPolicy:
    policy = notification_requests.policy(show.tx)
    return entities.NotificationPolicy(
        for_not_following=policy.not_following.value,
        for_not_followers=policy.not_followers.value,
        for_new_accounts=policy.new_accounts.value,
        for_private_mentions=policy.private_mentions.value,
        for_limited_accounts=policy.limited_accounts.value,
        summary=_summary(show),
    )


def _summary(show: Presenter) -> entities.PolicySummary:
    requests, kept = notification_requests.pending(show.tx)
    return entities.PolicySummary(pending_requests_count=requests, pending_notifications_count=kept)


# The older form -------------------------------------------------------------------------------------------------------
async def show_v1(ask: Ask) -> entities.NotificationPolicyV1:
    """Answer which kinds are kept back."""
    return await ask.read(_shown_v1)


async def update_v1(ask: Ask) -> entities.NotificationPolicyV1:
    """Keep back what is named, or no longer."""
    return await ask.write(_change_v1, {kind: ask.params.flag(f"filter_{kind}") for kind in V1_KINDS})


def _change_v1(show: Presenter, wanted: Mapping[str, bool | None]) -> entities.NotificationPolicyV1:
    """Change what is not so already: who says that a kind is kept back may know nothing of dropping it."""
    kept = _kept(notification_requests.policy(show.tx))
    changes = {kind: flag for kind, flag in wanted.items() if flag is not None and flag != kept[kind]}
    _replace(show, {kind: Handling.FILTER if flag else Handling.ACCEPT for kind, flag in changes.items()})
    return _shown_v1(show)


def _shown_v1(show: Presenter) -> entities.NotificationPolicyV1:
    kept = _kept(notification_requests.policy(show.tx))
    return entities.NotificationPolicyV1(
        **{f"filter_{kind}": flag for kind, flag in kept.items()}, summary=_summary(show)
    )


def _kept(policy: Policy) -> dict[str, bool]:
    return {kind: getattr(policy, kind) is not Handling.ACCEPT for kind in V1_KINDS}
