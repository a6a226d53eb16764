"""Push: where the app that asks wants to be told of what while it does not run.

Spec: CLIENT_API §7 (push/subscription); https://docs.joinmastodon.org/methods/push/; SAFETY rules 22, 35, 40.
"""

from collections.abc import Iterable
from functools import partial

from quart import request

from smallfed.domain.subscription import ALERTS, Address, From, Subscription
from smallfed.errors import Invalid, Unavailable
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.pushing import PushSubscription
from smallfed.pages import bearers
from smallfed.pages.trees import Tree
from smallfed.policy import targets
from smallfed.policy.targets import Target
from smallfed.protocol import webpush
from smallfed.runtime.seal import Seal
from smallfed.services import subscribing

PATH = "/api/v1/push/subscription"
PUSH = owner("push")
LONGEST = 2048  # characters of an endpoint


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get(PATH, PUSH, show)
    door.post(PATH, PUSH, subscribe)
    door.put(PATH, PUSH, change)
    door.delete(PATH, PUSH, unsubscribe)


async def show(ask: Ask) -> PushSubscription:
    """Answer the subscription of this token."""
    return _entity(ask, await ask.parts.db.read(subscribing.get, _token(ask)))


async def subscribe(ask: Ask) -> PushSubscription:
    """Subscribe this token, instead of what it had subscribed to."""
    if not ask.parts.identity.vapid_key:
        raise Unavailable("this server cannot push yet")
    address = _address(ask)
    token, text = _token(ask), _presented(ask)
    seal = Seal(ask.parts.data, ask.parts.dice)
    sealed = await ask.parts.aside.thread(partial(seal.close, about=str(token).encode()), text)
    alerts, policy = _alerts(ask.params) or (), _policy(ask.params) or From.ALL
    return _entity(
        ask,
        await ask.parts.db.write(subscribing.subscribe, token, address, alerts=alerts, policy=policy, sealed=sealed),
    )


async def change(ask: Ask) -> PushSubscription:
    """Change what the subscription of this token wants to hear; what is not said stays as it is."""
    alerts, policy = _alerts(ask.params), _policy(ask.params)
    found = await ask.parts.db.write(subscribing.change, _token(ask), alerts=alerts, policy=policy)
    return _entity(ask, found)


async def unsubscribe(ask: Ask) -> dict[str, str]:
    """End the subscription of this token."""
    await ask.parts.db.write(subscribing.unsubscribe, _token(ask))
    return {}


# What is asked --------------------------------------------------------------------------------------------------------
def _token(ask: Ask) -> int:
    assert ask.token is not None  # the route wants one
    return ask.token.id


def _presented(ask: Ask) -> str:
    return bearers.presented(request.headers.get("Authorization"), ask.params.text("access_token")) or ""


def _address(ask: Ask) -> Address:
    asked = ask.params.tree("subscription") or Tree({}, inside="subscription")
    keys = asked.tree("keys") or Tree({}, inside="subscription[keys]")
    endpoint = (asked.text("endpoint") or "").strip()
    target = targets.read(endpoint, allow_http=ask.house.trial)
    if not isinstance(target, Target):
        raise Invalid(f"subscription[endpoint] {target.reason}")
    if len(endpoint) > LONGEST:
        raise Invalid(f"subscription[endpoint] is longer than {LONGEST} characters")
    return Address(
        endpoint=target.url,
        host=target.authority,
        p256dh=webpush.read_point(keys.text("p256dh") or ""),
        auth=webpush.read_secret(keys.text("auth") or ""),
        standard=bool(asked.flag("standard")),
    )


def _alerts(asked: Tree) -> tuple[str, ...] | None:
    """Return the alerts that are wanted, or None when nothing is said of them."""
    said = (asked.tree("data") or Tree({})).tree("alerts")
    return None if said is None else tuple(alert for alert in ALERTS if said.flag(alert))


def _policy(asked: Tree) -> From | None:
    """Return whom the app wants to hear of: documented beside ``data``, and sent inside it by most."""
    inside = asked.tree("data")
    word = (None if inside is None else inside.text("policy")) or asked.text("policy")
    if not word:
        return None
    try:
        return From(word)
    except ValueError as why:
        raise Invalid(f"policy should be one of {_words(From)}") from why


def _words(these: Iterable[str]) -> str:
    return ", ".join(these)


def _entity(ask: Ask, known: Subscription) -> PushSubscription:
    return PushSubscription(
        id=known.id,
        endpoint=known.address.endpoint,
        server_key=ask.parts.identity.vapid_key,
        alerts={alert: alert in known.alerts for alert in ALERTS},
        standard=known.address.standard,
        policy=known.policy.value,
    )
