"""The owner's own account.

Spec: CLIENT_API §3; https://docs.joinmastodon.org/methods/accounts/#verify_credentials, #update_credentials,
https://docs.joinmastodon.org/methods/profile/.
"""

from msgspec import structs
from quart import request

from smallfed.domain.profile import ProfileChange
from smallfed.mastodon import pictures, profiles, uploads
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Profile
from smallfed.mastodon.pictures import Place
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import people
from smallfed.services import profiles as services
from smallfed.store import accounts, houses

PLACES: dict[str, Place] = {"avatar": "avatars", "header": "headers"}


def register(door: Door) -> None:
    """Hang the routes."""
    door.get("/api/v1/accounts/verify_credentials", owner("profile", "read:accounts"), verify)
    door.patch("/api/v1/accounts/update_credentials", owner("write:accounts"), update)
    door.get("/api/v1/profile", owner("profile", "read:accounts"), show)
    door.patch("/api/v1/profile", owner("write:accounts"), edit)
    for name in PLACES:
        door.delete(f"/api/v1/profile/{name}", owner("write:accounts"), remove)


async def verify(ask: Ask) -> object:
    """Answer with the owner."""
    return await ask.read(Presenter.owner)


async def update(ask: Ask) -> object:
    """Change what is sent, and answer with the owner."""
    await _change(ask)
    return await ask.read(Presenter.owner)


async def show(ask: Ask) -> object:
    """Answer with the profile as it is edited."""
    return await ask.read(_profile)


def _profile(show: Presenter) -> Profile:
    return people.profile(show.house, accounts.owner(show.tx), houses.owner(show.tx))


async def edit(ask: Ask) -> object:
    """Change what is sent, and answer with the profile as it is edited."""
    await _change(ask)
    return await ask.read(_profile)


async def _change(ask: Ask) -> None:
    change = await profiles.change(ask.parts, ask.params)
    changed = await _pictures(ask)
    await ask.parts.db.write(services.update, structs.replace(change, **changed))
    for name in changed:
        await pictures.forget_others(ask.parts, PLACES[name], changed[name])


async def _pictures(ask: Ask) -> dict[str, str | None]:
    """Return the addresses of uploaded pictures; an empty text takes one away."""
    changed: dict[str, str | None] = {}
    for name, place in PLACES.items():
        if (upload := await uploads.draft(name)) is not None:
            changed[name] = await pictures.keep(ask.parts, place, upload)
        elif ask.params.text(name) == "":
            changed[name] = None
    return changed


async def remove(ask: Ask) -> object:
    """Take the avatar or the header away."""
    name = request.path.rstrip("/").rpartition("/")[2]
    change = ProfileChange(avatar=None) if name == "avatar" else ProfileChange(header=None)
    await ask.parts.db.write(services.update, change)
    await pictures.forget_others(ask.parts, PLACES[name], None)
    return await ask.read(Presenter.owner)
