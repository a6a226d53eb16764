"""DOOR for people: setting up, the owner's pages, the public pages.

Spec: SAFETY §3: plain HTML and CSS, no script.
"""

from collections.abc import Awaitable, Callable, Sequence

from quart import Response
from quart_trio import QuartTrio

from smallfed.web import (
    apps,
    blocklists,
    blocks,
    browsers,
    compatibility,
    drafts,
    failures,
    login,
    moderation,
    overview,
    preferences,
    public,
    relays,
    review,
    security,
    setup,
    severed,
    unsettled,
    welcome,
    why,
)

View = Callable[..., Awaitable[Response]]

ROUTES: Sequence[tuple[str, str, View]] = (
    ("GET", "/setup", setup.show),
    ("POST", "/setup", setup.begin),
    ("GET", "/welcome", welcome.show),
    ("GET", "/login", login.show),
    ("POST", "/login", login.enter),
    ("POST", "/logout", login.leave),
    ("GET", "/apps", apps.show),
    ("POST", "/apps/<int:app>/revoke", apps.show_out),
    ("POST", "/apps/tokens/<int:token>/revoke", apps.take_back),
    ("GET", "/owner", overview.show),
    ("GET", "/browsers", browsers.show),
    ("POST", "/browsers/end", browsers.end),
    ("GET", "/compatibility", compatibility.show),
    ("POST", "/compatibility/forget", compatibility.forget),
    ("GET", "/drafts", drafts.show),
    ("POST", "/drafts/<int:number>/publish", drafts.publish),
    ("POST", "/drafts/<int:number>/delete", drafts.drop),
    ("GET", "/preferences", preferences.show),
    ("POST", "/preferences", preferences.change),
    ("GET", "/review", review.show),
    ("POST", "/review/<int:number>/<what>", review.change),
    ("POST", "/calm", review.calm),
    ("GET", "/blocklists", blocklists.show),
    ("POST", "/blocklists", blocklists.subscribe),
    ("POST", "/blocklists/agree", blocklists.agree),
    ("POST", "/blocklists/decide", blocklists.decide),
    ("POST", "/blocklists/<int:number>/<what>", blocklists.change),
    ("GET", "/blocks/<int:number>", blocks.show),
    ("POST", "/blocks/<int:number>/lift", blocks.lift),
    ("GET", "/relays", relays.show),
    ("POST", "/relays", relays.add),
    ("POST", "/relays/<int:number>/<what>", relays.change),
    ("GET", "/moderation", moderation.show),
    ("POST", "/moderation/reports/<int:number>/<how>", moderation.close_report),
    ("POST", "/moderation/requests/<int:account>/<how>", moderation.decide_request),
    ("POST", "/moderation/held/<int:line>/release", moderation.let_in),
    ("GET", "/why", why.show),
    ("GET", "/security", security.show),
    ("GET", "/severed_relationships", severed.show),
    ("GET", "/severed_relationships/<int:number>/following.csv", severed.following),
    ("GET", "/severed_relationships/<int:number>/followers.csv", severed.followers),
)
"""(method, path, who answers); those of ``security`` and the public ones are said by themselves."""


def register(app: QuartTrio) -> None:
    """Hang the door into ``app``."""
    failures.register(app)
    app.before_request(unsettled.turn_away)
    for method, path, answer in ROUTES:
        app.add_url_rule(path, f"web {method} {path}", answer, methods=[method])
    for path, change in security.ROUTES.items():
        app.add_url_rule(f"/security/{path}", f"web.security {path}", security.changing(change), methods=["POST"])
    public.register(app)
