"""DOOR of consent: apps become known, the owner lets them in, they get tokens and give them back.

Spec: RFC 6749, 6750, 7009, 7636, 8414 as Mastodon speaks them; CLIENT_API §2.
"""

from quart_trio import QuartTrio

from smallfed.oauth import apps, authorize, metadata, token
from smallfed.oauth.failures import answering


def register(app: QuartTrio) -> None:
    """Hang the door into ``app``."""
    app.add_url_rule("/api/v1/apps", "oauth.register", answering(apps.register, api=True), methods=["POST"])
    app.add_url_rule(
        "/api/v1/apps/verify_credentials", "oauth.verify_app", answering(apps.verify, api=True), methods=["GET"]
    )
    app.add_url_rule("/oauth/authorize", "oauth.ask", authorize.ask, methods=["GET"])
    app.add_url_rule("/oauth/authorize", "oauth.decide", authorize.decide, methods=["POST"])
    app.add_url_rule("/oauth/token", "oauth.token", answering(token.issue), methods=["POST"])
    app.add_url_rule("/oauth/revoke", "oauth.revoke", answering(token.revoke), methods=["POST"])
    app.add_url_rule("/oauth/token/info", "oauth.token_info", answering(metadata.token_info), methods=["GET"])
    app.add_url_rule("/oauth/userinfo", "oauth.userinfo", answering(metadata.userinfo), methods=["GET", "POST"])
    app.add_url_rule("/.well-known/oauth-authorization-server", "oauth.metadata", answering(metadata.describe))
