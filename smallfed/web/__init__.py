"""DOOR for people: setting up, the owner's pages, the public pages.

Spec: SAFETY §3: plain HTML and CSS, no script.
"""

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
)


def register(app: QuartTrio) -> None:
    """Hang the door into ``app``."""
    failures.register(app)
    app.before_request(unsettled.turn_away)
    app.add_url_rule("/setup", "web.setup", setup.show, methods=["GET"])
    app.add_url_rule("/setup", "web.begin", setup.begin, methods=["POST"])
    app.add_url_rule("/welcome", "web.welcome", welcome.show, methods=["GET"])
    app.add_url_rule("/login", "web.login", login.show, methods=["GET"])
    app.add_url_rule("/login", "web.enter", login.enter, methods=["POST"])
    app.add_url_rule("/logout", "web.leave", login.leave, methods=["POST"])
    app.add_url_rule("/apps", "web.apps", apps.show, methods=["GET"])
    app.add_url_rule("/apps/<int:app>/revoke", "web.show_out", apps.show_out, methods=["POST"])
    app.add_url_rule("/apps/tokens/<int:token>/revoke", "web.take_back", apps.take_back, methods=["POST"])
    app.add_url_rule("/owner", "web.overview", overview.show, methods=["GET"])
    app.add_url_rule("/browsers", "web.browsers", browsers.show, methods=["GET"])
    app.add_url_rule("/browsers/end", "web.end", browsers.end, methods=["POST"])
    app.add_url_rule("/compatibility", "web.compatibility", compatibility.show, methods=["GET"])
    app.add_url_rule("/compatibility/forget", "web.forget", compatibility.forget, methods=["POST"])
    app.add_url_rule("/drafts", "web.drafts", drafts.show, methods=["GET"])
    app.add_url_rule("/drafts/<int:number>/publish", "web.publish", drafts.publish, methods=["POST"])
    app.add_url_rule("/drafts/<int:number>/delete", "web.drop", drafts.drop, methods=["POST"])
    app.add_url_rule(preferences.PATH, "web.preferences", preferences.show, methods=["GET"])
    app.add_url_rule(preferences.PATH, "web.prefer", preferences.change, methods=["POST"])
    app.add_url_rule("/review", "web.review", review.show, methods=["GET"])
    app.add_url_rule("/review/<int:number>/<what>", "web.decide", review.change, methods=["POST"])
    app.add_url_rule("/calm", "web.calm", review.calm, methods=["POST"])
    app.add_url_rule("/blocklists", "web.blocklists", blocklists.show, methods=["GET"])
    app.add_url_rule("/blocklists", "web.subscribe", blocklists.subscribe, methods=["POST"])
    app.add_url_rule("/blocklists/agree", "web.agree", blocklists.agree, methods=["POST"])
    app.add_url_rule("/blocklists/decide", "web.decide of lists", blocklists.decide, methods=["POST"])
    app.add_url_rule("/blocklists/<int:number>/<what>", "web.change list", blocklists.change, methods=["POST"])
    app.add_url_rule("/blocks/<int:number>", "web.block", blocks.show, methods=["GET"])
    app.add_url_rule("/blocks/<int:number>/lift", "web.lift", blocks.lift, methods=["POST"])
    app.add_url_rule("/relays", "web.relays", relays.show, methods=["GET"])
    app.add_url_rule("/relays", "web.add relay", relays.add, methods=["POST"])
    app.add_url_rule("/relays/<int:number>/<what>", "web.change relay", relays.change, methods=["POST"])
    app.add_url_rule("/moderation", "web.moderation", moderation.show, methods=["GET"])
    app.add_url_rule(
        "/moderation/reports/<int:number>/<how>", "web.close report", moderation.close_report, methods=["POST"]
    )
    app.add_url_rule(
        "/moderation/requests/<int:account>/<how>", "web.decide request", moderation.decide_request, methods=["POST"]
    )
    app.add_url_rule("/moderation/held/<int:line>/release", "web.let in", moderation.let_in, methods=["POST"])
    app.add_url_rule("/security", "web.security", security.show, methods=["GET"])
    app.add_url_rule(severed.PATH, "web.severed", severed.show, methods=["GET"])
    one = f"{severed.PATH}/<int:number>"
    app.add_url_rule(f"{one}/following.csv", "web.severed following", severed.following, methods=["GET"])
    app.add_url_rule(f"{one}/followers.csv", "web.severed followers", severed.followers, methods=["GET"])
    for path, change in security.ROUTES.items():
        app.add_url_rule(f"/security/{path}", f"web.security {path}", security.changing(change), methods=["POST"])
    public.register(app)
