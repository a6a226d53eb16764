"""The steps of the flow, for tests that are about one of them."""

from msgspec import Struct

from smallfed.policy.pkce import challenge_of
from tests.pages.place import Browser, Page, Place

OOB = "urn:ietf:wg:oauth:2.0:oob"
BACK = "https://app.example/back?keep=1"
SCHEME = "icecubesapp://"
VERIFIER = "v" * 43


class Client(Struct, kw_only=True):
    """An app that is registered; it asks with ``program``."""

    client_id: str
    client_secret: str
    program: Browser

    def question(self, **changed: str | None) -> dict[str, str]:
        """Return the parameters of an authorization request."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "read write",
            "state": "a state&",
            **changed,
        }
        return {name: value for name, value in asked.items() if value is not None}

    async def exchange(self, code: str, **changed: str | None) -> Page:
        """Exchange a code for a token."""
        asked = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "code": code,
            "redirect_uri": BACK,
            **changed,
        }
        return await self.program.post("/oauth/token", {name: v for name, v in asked.items() if v is not None})


async def client(place: Place, *, name: str = "Tusky", scopes: str = "read write follow") -> Client:
    """Register an app."""
    program = place.browser()
    uris = [BACK, OOB, SCHEME, "http://[::1]:8080/back"]
    page = await program.ask(
        "POST", "/api/v1/apps", json={"client_name": name, "redirect_uris": uris, "scopes": scopes}
    )
    told = page.json()
    return Client(client_id=told["client_id"], client_secret=told["client_secret"], program=program)


async def code(owner: Browser, app: Client, **changed: str | None) -> str:
    """Let the app in, logged in already; return the code."""
    page = await owner.submit((await owner.get("/oauth/authorize", **app.question(**changed))).form)
    return page.headers["location"].partition("code=")[2].partition("&")[0]


async def token(owner: Browser, app: Client, **changed: str | None) -> str:
    """Let the app in; return its access token."""
    return str((await app.exchange(await code(owner, app, **changed))).json()["access_token"])


def proof() -> dict[str, str | None]:
    """Return what a request with PKCE carries."""
    return {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
