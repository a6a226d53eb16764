"""How each app comes in: its calls one by one, in its order, each written as that app writes it.

The calls were read in the sources of the apps. Nothing of it may land as an error in the compatibility ledger.

Spec: CLIENT_API §12, with the rows of §§1–11 and the pitfalls of §13 that a call names.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.clients.people import OOB, Person
from tests.clients.scripted import Script
from tests.processes import Server, free_port
from tests.websocket import websocket

ALL = "read write follow push"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-of-pkce"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
POINT = urlsafe_b64encode(
    ec.derive_private_key(7, ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
).decode()
SECRET = "8eDyX_uCN0XRhSbY5hs7Hg=="
HOME, NOTIFICATIONS = ("timeline[]", "home"), ("timeline[]", "notifications")

Begin = Callable[..., Script]


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Return an owner whose server nobody else uses, so that its ledger tells of these apps."""
    port = free_port()
    server = Server(
        Path(tmp_path_factory.mktemp("logins")) / "alice",
        domain=f"localhost:{port}",
        environment={"SMALLFED_SERVER_BIND": f"127.0.0.1:{port}"},
    )
    server.port = port
    server.setup("alice", "--trial")
    server.start()
    alice = Person("alice", server)
    server.api("POST", "/api/v1/statuses", alice.token, status="A post that is there already #here")
    yield alice
    server.stop()


@pytest.fixture
def begin(alice: Person) -> Iterator[Begin]:
    """Begin a script; when it is over, nothing may have been missing."""
    begun: list[Script] = []

    def begin(redirect: str, scopes: str = ALL, **headers: str) -> Script:
        begun.append(Script(alice, redirect=redirect, scopes=scopes, **headers))
        return begun[0]

    yield begin
    assert begun[0].missed() == []


def shows_home(app: Script, path: str = "/api/v1/timelines/home", **parameters: str) -> None:
    """Read the first page of home, whose Link header leads on and is exposed to web pages."""
    asked = "&".join(f"{name}={value}" for name, value in parameters.items())
    answer = app.ask("GET", f"{path}?{asked}" if asked else path)
    assert (answer.status, answer.json()[-1]["content"].startswith("<p>A post that is there already")) == (200, True)
    assert re.search(r'[?&]max_id=[0-9]+>; rel="next", <http.*[?&]min_id=[0-9]+>; rel="prev"', answer.headers["link"])
    assert "Link" in answer.headers["access-control-expose-headers"]


def is_an_account(account: dict[str, Any]) -> None:
    """Hold an account to what Swift and Kotlin insist on."""
    assert account["acct"] == "alice"
    assert all(account[name].startswith("http://localhost:") for name in ("avatar", "avatar_static", "header", "url"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", account["created_at"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", account["last_status_at"])
    assert {"privacy", "sensitive", "language", "note", "fields"} <= account["source"].keys()


# Phones ---------------------------------------------------------------------------------------------------------------
def test_tusky(begin: Begin) -> None:
    """All by forms; v2 of the instance and of filters; push by form, with a subscription where there was none."""
    tusky = begin("oauth2redirect://com.keylesspalace.tusky/", User_Agent="Tusky/27.2 Android/14 OkHttp/4.12.0")

    tusky.client = tusky.form(
        "/api/v1/apps",
        [
            ("client_name", "Tusky"),
            ("redirect_uris", tusky.redirect),
            ("scopes", ALL),
            ("website", "https://tusky.app"),
        ],
    )
    code = tusky.allowed()
    tusky.holds(
        tusky.form(
            "/oauth/token",
            [
                *tusky.names_itself.items(),
                ("redirect_uri", tusky.redirect),
                ("code", code),
                ("grant_type", "authorization_code"),
            ],
        )
    )
    is_an_account(tusky.get("/api/v1/accounts/verify_credentials"))
    limits = tusky.get("/api/v2/instance")["configuration"]
    assert (limits["statuses"]["characters_reserved_per_url"], limits["polls"]["max_options"]) == (23, 4)
    for path in ("custom_emojis", "lists", "announcements", "followed_tags"):
        assert tusky.get(f"/api/v1/{path}") == []
    assert tusky.get("/api/v2/filters") == []
    shows_home(tusky, limit="30")
    assert tusky.get("/api/v1/markers", [NOTIFICATIONS]) == {}
    assert tusky.get("/api/v1/notifications", [("limit", "30"), ("exclude_types[]", "follow")]) == []
    tusky.get("/api/v1/push/subscription", status=404)
    subscribed = tusky.form(
        "/api/v1/push/subscription",
        [
            ("subscription[endpoint]", "https://push.example/tusky"),
            ("subscription[keys][p256dh]", POINT.rstrip("=")),
            ("subscription[keys][auth]", SECRET.rstrip("=")),
            ("data[alerts][mention]", "true"),
            ("data[alerts][reblog]", "false"),
        ],
    )
    assert (subscribed["id"] > 0, subscribed["alerts"]["mention"], subscribed["alerts"]["reblog"]) == (
        True,
        True,
        False,
    )
    assert tusky.form("/api/v1/markers", [("home[last_read_id]", "5")])["home"]["version"] == 1
    assert tusky.ask("DELETE", "/api/v1/push/subscription").json() == {}
    assert tusky.form("/oauth/revoke", [*tusky.names_itself.items(), ("token", tusky.token)]) == {}
    tusky.get("/api/v1/accounts/verify_credentials", status=401)


def test_pachli(begin: Begin) -> None:
    """Before anything else it wants to know what kind of server this is, and a version it can read."""
    pachli = begin("pachli://app.pachli/", User_Agent="Pachli/2.14.0 Android/14 OkHttp/4.12.0")

    links = pachli.get("/.well-known/nodeinfo")["links"]
    address = next(each["href"] for each in links if each["rel"].endswith("/schema/2.1"))
    told = pachli.get(address.removeprefix(pachli.person.base))
    assert (told["software"]["name"], told["metadata"]["upstream"]["name"]) == ("smallfed", "mastodon")
    assert re.search(r"\d+\.\d+\.\d+", told["software"]["version"])
    assert pachli.get("/api/v2/instance")["configuration"]["media_attachments"]["image_matrix_limit"] < 2**31
    pachli.client = pachli.form(
        "/api/v1/apps",
        [
            ("client_name", "Pachli"),
            ("redirect_uris", pachli.redirect),
            ("scopes", ALL),
            ("website", "https://pachli.app"),
        ],
    )
    code = pachli.allowed()
    granted = [
        *pachli.names_itself.items(),
        ("redirect_uri", pachli.redirect),
        ("code", code),
        ("grant_type", "authorization_code"),
    ]
    pachli.holds(pachli.form("/oauth/token", granted))
    is_an_account(pachli.get("/api/v1/accounts/verify_credentials"))
    for path in ("/api/v1/lists", "/api/v1/custom_emojis", "/api/v2/filters", "/api/v1/announcements"):
        assert pachli.get(path) == []
    assert pachli.get("/api/v1/followed_tags", [("limit", "100")]) == []
    shows_home(pachli, limit="40")
    assert pachli.get("/api/v1/statuses", [("id[]", "1"), ("id[]", "2")]) == []


def test_ice_cubes(begin: Begin) -> None:
    """JSON in, parameters of POSTs in the address, the token as subprotocol, and no stream until it asks for one."""
    cubes = begin("icecubesapp://", User_Agent="IceCubesApp/1 CFNetwork/1568.100.1 Darwin/24.0.0", Accept="*/*")

    instance = cubes.get("/api/v2/instance")
    assert float(instance["version"][:3]) >= 4.3
    assert isinstance(instance["contact"]["email"], str)
    assert (instance["registrations"]["enabled"], bool(instance["thumbnail"]["url"])) == (False, True)
    cubes.client = cubes.json(
        "/api/v1/apps",
        {
            "client_name": "IceCubesApp",
            "redirect_uris": cubes.redirect,
            "scopes": ALL,
            "website": "https://github.com/Dimillian/IceCubesApp",
        },
    )
    asked = {"grant_type": "authorization_code", **cubes.names_itself, "redirect_uri": cubes.redirect, "scope": ALL}
    cubes.holds(cubes.json("/oauth/token", {**asked, "code": cubes.allowed()}))
    is_an_account(cubes.get("/api/v1/accounts/verify_credentials"))
    assert cubes.get("/api/v1/preferences")["posting:default:visibility"] == "public"
    for path in ("lists", "followed_tags", "custom_emojis", "instance/peers"):
        assert cubes.get(f"/api/v1/{path}") == []
    told = [
        ("subscription[endpoint]", "https://icecubesrelay.example/push/abc/def?sandbox=false"),
        ("subscription[keys][p256dh]", POINT),
        ("subscription[keys][auth]", SECRET),
        *((f"data[alerts][{kind}]", "true") for kind in ("mention", "status", "follow", "reblog", "favourite", "poll")),
        ("policy", "all"),
    ]
    assert isinstance(cubes.query("/api/v1/push/subscription", told)["id"], int)
    assert cubes.get("/api/v1/tags/here/")["name"] == "here"
    shows_home(cubes, limit="50")
    assert "notifications" not in cubes.get("/api/v1/markers", [HOME, NOTIFICATIONS])
    cubes.json("/api/v1/markers", {"home": {"last_read_id": "7"}})
    groups = [("exclude_types[]", "poll"), *(("grouped_types[]", kind) for kind in ("favourite", "follow", "reblog"))]
    assert cubes.get("/api/v2/notifications", groups) == {"accounts": [], "statuses": [], "notification_groups": []}
    with websocket(cubes.person.server.port, protocols=[cubes.token]) as socket:
        assert socket.subprotocol == cubes.token
        socket.say({"type": "subscribe", "stream": "user"})
        cubes.hears_of(socket, "update")


def test_moshidon(begin: Begin) -> None:
    """The official app for Android, alike: v1 of the instance with all it insists on, JSON in, slashes at the end."""
    moshidon = begin("moshidon-android-auth://callback", User_Agent="MoshidonAndroid/2.3.0")

    instance = moshidon.get("/api/v1/instance")
    for name in ("uri", "title", "version", "description", "short_description", "email", "languages"):
        assert instance[name] is not None
    assert instance["uri"] == moshidon.person.server.domain
    moshidon.get("/api/v2/instance")
    moshidon.client = moshidon.json(
        "/api/v1/apps",
        {
            "client_name": "Moshidon",
            "redirect_uris": moshidon.redirect,
            "scopes": ALL,
            "website": "https://github.com/LucasGGamerM/moshidon",
        },
    )
    asked = {
        "grant_type": "authorization_code",
        **moshidon.names_itself,
        "redirect_uri": moshidon.redirect,
        "scope": ALL,
    }
    moshidon.holds(moshidon.json("/oauth/token", {**asked, "code": moshidon.allowed()}))
    is_an_account(moshidon.get("/api/v1/accounts/verify_credentials"))
    assert moshidon.get("/api/v1/preferences")["reading:expand:spoilers"] is False
    for path in (
        "/api/v1/lists",
        "/api/v2/filters",
        "/api/v1/custom_emojis",
        "/api/v1/announcements",
        "/api/v1/mutes/",
    ):
        assert moshidon.get(path) == []
    moshidon.get("/api/v1/markers", [HOME, NOTIFICATIONS])
    shows_home(moshidon, limit="20")
    assert moshidon.get("/api/v1/notifications", [("limit", "20"), ("exclude_types[]", "mention")]) == []
    subscribed = moshidon.json(
        "/api/v1/push/subscription",
        {
            "subscription": {"endpoint": "https://push.example/a/b", "keys": {"auth": SECRET, "p256dh": POINT}},
            "data": {"alerts": {"follow": True, "mention": True, "poll": False}, "policy": "followed"},
        },
    )
    assert (subscribed["policy"], subscribed["alerts"]["follow"]) == ("followed", True)
    assert moshidon.json("/api/v1/push/subscription", {"data": {"policy": "all"}}, method="PUT")["policy"] == "all"


# Web pages ------------------------------------------------------------------------------------------------------------
def asks_first(app: Script, path: str, method: str = "GET") -> None:
    """Ask as a browser does before it lets a page send a token."""
    told = {"Access_Control_Request_Method": method, "Access_Control_Request_Headers": "authorization,content-type"}
    answer = app.ask("OPTIONS", path, **told)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, "*")
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert method in answer.headers["access-control-allow-methods"]


def test_elk(begin: Begin) -> None:
    """Its own server fetches the token, by JSON; its page asks for all else, from another origin."""
    elk = begin("https://elk.zone/api/localhost/oauth/https%3A%2F%2Felk.zone", User_Agent="node")

    elk.client = elk.json(
        "/api/v1/apps",
        {"client_name": "Elk", "website": "https://elk.zone", "redirect_uris": elk.redirect, "scopes": ALL},
    )
    assert elk.client["vapid_key"] == elk.get("/api/v2/instance")["configuration"]["vapid"]["public_key"]
    code = elk.allowed(force_login="true", lang="de-DE")
    asked = {**elk.names_itself, "redirect_uri": elk.redirect, "grant_type": "authorization_code", "scope": ALL}
    elk.holds(elk.json("/oauth/token", {**asked, "code": code}))
    elk.headers = {"User-Agent": "Mozilla/5.0", "Origin": "https://elk.zone"}
    asks_first(elk, "/api/v1/accounts/verify_credentials")
    assert elk.get("/api/v2/instance")["account_domain"] == elk.person.server.domain
    assert elk.get("/nodeinfo/2.0")["software"]["name"] == "smallfed"
    is_an_account(elk.get("/api/v1/accounts/verify_credentials"))
    elk.get("/api/v1/preferences")
    elk.get("/api/v1/push/subscription", status=404)
    assert elk.get("/api/v1/custom_emojis") == []
    with websocket(elk.person.server.port, protocols=[elk.token], headers=[("Origin", "https://elk.zone")]) as socket:
        socket.say({"type": "subscribe", "stream": "user"})
        elk.hears_of(socket, "update")
    shows_home(elk, limit="30")
    assert elk.get("/api/v1/notifications", [("limit", "30")]) == []
    elk.get("/api/v1/markers", [NOTIFICATIONS])


def test_phanpy(begin: Begin) -> None:
    """Everything from another origin; PKCE since the metadata lists S256; the lowest of nodeinfo."""
    phanpy = begin("https://phanpy.social/", Origin="https://phanpy.social", User_Agent="Mozilla/5.0")

    document = phanpy.get("/.well-known/host-meta")
    (template,) = re.findall(r'<Link [^>]*template="([^"]+)"', document)
    assert template.startswith(f"{phanpy.person.base}/")
    phanpy.client = phanpy.form(
        "/api/v1/apps",
        [
            ("client_name", "Phanpy"),
            ("redirect_uris", phanpy.redirect),
            ("scopes", ALL),
            ("website", "https://phanpy.social"),
        ],
    )
    offered = phanpy.get("/.well-known/oauth-authorization-server")
    assert "S256" in offered["code_challenge_methods_supported"]
    code = phanpy.allowed(code_challenge_method="S256", code_challenge=CHALLENGE)
    asks_first(phanpy, "/oauth/token", "POST")
    phanpy.holds(
        phanpy.form(
            "/oauth/token",
            [
                ("client_id", phanpy.client["client_id"]),
                ("redirect_uri", phanpy.redirect),
                ("grant_type", "authorization_code"),
                ("code", code),
                ("scope", ALL),
                ("client_secret", phanpy.client["client_secret"]),
                ("code_verifier", VERIFIER),
            ],
        )
    )
    account = phanpy.get("/api/v1/accounts/verify_credentials")
    is_an_account(account)
    streaming = phanpy.get("/api/v2/instance")["configuration"]["urls"]["streaming"]
    assert streaming == f"ws://{phanpy.person.server.domain}"
    rels = [each["rel"] for each in phanpy.get("/.well-known/nodeinfo")["links"]]
    assert "http://nodeinfo.diaspora.software/ns/schema/2.0" in rels
    phanpy.get("/nodeinfo/2.0")
    phanpy.get("/api/v1/preferences")
    shows_home(phanpy, limit="20")
    (between,) = phanpy.get("/api/v1/accounts/relationships", [("id[]", account["id"])])
    assert between["following"] is False
    assert (
        phanpy.get("/api/v2/notifications", [("limit", "80"), ("expand_accounts", "partial_avatars")])["accounts"] == []
    )
    assert phanpy.get("/api/v1/notifications", [("limit", "1")]) == []
    assert phanpy.get("/api/v1/followed_tags", [("limit", "200")]) == []
    for path in ("/api/v1/lists", "/api/v2/filters", "/api/v1/announcements", "/api/v1/follow_requests"):
        assert phanpy.get(path) == []
    with websocket(phanpy.person.server.port, protocols=[phanpy.token]) as socket:
        socket.say({"type": "subscribe", "stream": "user:notification"})
        socket.say({"type": "subscribe", "stream": "user"})
        phanpy.hears_of(socket, "update")
    phanpy.form("/oauth/revoke", [*phanpy.names_itself.items(), ("token", phanpy.token)])


# Desktops -------------------------------------------------------------------------------------------------------------
def test_tuba(begin: Begin) -> None:
    """Forms as files are sent, the token in the address; newer notifications only where there is a marker."""
    tuba = begin("tuba://auth_code", "read write follow", User_Agent="Tuba/0.10.3 (https://tuba.geopjr.dev)")

    links = tuba.get("/.well-known/nodeinfo")["links"]
    lowest = next(each["href"] for each in links if each["rel"].endswith("://nodeinfo.diaspora.software/ns/schema/2.0"))
    assert tuba.get(lowest.removeprefix(tuba.person.base))["software"]["name"] == "smallfed"
    tuba.client = tuba.multipart(
        "/api/v1/apps",
        [
            ("client_name", "Tuba"),
            ("redirect_uris", tuba.redirect),
            ("scopes", tuba.scopes),
            ("website", "https://tuba.geopjr.dev/"),
        ],
    )
    assert tuba.client["name"] == "Tuba"  # else it calls the server misconfigured
    code = tuba.allowed()
    assert len(code) > 10
    granted = [
        *tuba.names_itself.items(),
        ("redirect_uri", tuba.redirect),
        ("grant_type", "authorization_code"),
        ("code", code),
    ]
    tuba.holds(tuba.multipart("/oauth/token", granted))
    account = tuba.get("/api/v1/accounts/verify_credentials")
    is_an_account(account)
    instance = tuba.get("/api/v1/instance")
    assert instance["configuration"]["statuses"]["supported_mime_types"] == ["text/plain", "text/markdown"]
    assert tuba.get("/api/v2/instance")["api_versions"]["mastodon"] < 2**7
    for path in ("/api/v1/custom_emojis", "/api/v1/announcements", "/api/v2/filters", "/api/v1/followed_tags"):
        assert tuba.get(path) == []
    assert tuba.get("/api/v1/markers?timeline[]=notifications") == {}
    assert tuba.get("/api/v1/notifications", [("min_id", "-1884275937")]) == []  # it cuts ids to 32 bits
    assert tuba.multipart("/api/v1/markers", [("notifications[last_read_id]", "-1884275937")]) == {}
    for stream in ("user:notification", "user"):
        with websocket(tuba.person.server.port, tuba.token, f"stream={stream}") as socket:
            assert socket.status == 101
    shows_home(tuba)
    tuba.get(f"/api/v1/accounts/{account['id']}")


def test_tokodon(begin: Begin) -> None:
    """Addresses as an array; nothing but 200 is an answer; a POST without a body still calls itself JSON."""
    tokodon = begin(
        OOB, "read write follow push admin:read admin:write", User_Agent="Mozilla/5.0", Accept_Language="de"
    )

    tokodon.get("/api/v2/instance")
    assert tokodon.get("/api/v1/instance/rules") == []
    tokodon.client = tokodon.json(
        "/api/v1/apps",
        {
            "client_name": "Tokodon",
            "redirect_uris": [tokodon.redirect],
            "scopes": tokodon.scopes,
            "website": "https://apps.kde.org/tokodon",
        },
    )
    granted = [
        *tokodon.names_itself.items(),
        ("redirect_uri", OOB),
        ("grant_type", "authorization_code"),
        ("code", tokodon.allowed()),
    ]
    tokodon.holds(tokodon.form("/oauth/token", granted))
    account = tokodon.get("/api/v1/accounts/verify_credentials")
    is_an_account(account)
    assert int(account["role"]["permissions"])
    assert tokodon.get("/api/v2/instance")["api_versions"]["mastodon"] >= 5
    assert "posting:default:language" in tokodon.get("/api/v1/preferences")
    for path in ("custom_emojis", "announcements", "follow_requests"):
        assert tokodon.get(f"/api/v1/{path}") == []
    assert tokodon.get("/api/v1/notifications/unread_count") == {"count": 0}
    with websocket(tokodon.person.server.port, tokodon.token, "stream=user") as socket:
        tokodon.hears_of(socket, "update")
    shows_home(tokodon)
    tokodon.get("/api/v1/markers", [HOME])
    mine = tokodon.get("/api/v1/timelines/home")[-1]["id"]
    liked = tokodon.ask("POST", f"/api/v1/statuses/{mine}/favourite", b"", Content_Type="application/json")
    assert (liked.status, liked.json()["favourited"]) == (200, True)


# Terminals and libraries ----------------------------------------------------------------------------------------------
def test_toot(begin: Begin) -> None:
    """v1 of the instance, by whose ``uri`` it keeps the login; a slash behind the page of consent."""
    toot = begin(OOB, "read write follow", User_Agent="toot/0.52.1")

    assert toot.get("/api/v1/instance")["uri"] == toot.person.server.domain
    toot.client = toot.json(
        "/api/v1/apps",
        {
            "client_name": "toot - a Mastodon CLI client",
            "redirect_uris": OOB,
            "scopes": toot.scopes,
            "website": "https://toot.bezdomni.net/",
        },
    )
    granted = [
        ("grant_type", "authorization_code"),
        *toot.names_itself.items(),
        ("code", toot.allowed("/oauth/authorize/")),
        ("redirect_uri", OOB),
    ]
    toot.holds(toot.form("/oauth/token", granted))
    is_an_account(toot.get("/api/v1/accounts/verify_credentials"))
    shows_home(toot, limit="20")


def test_mastodon_py(begin: Begin) -> None:
    """The metadata; a token whose scopes are all that were asked for; a version of three numbers."""
    library = begin(OOB, "read write follow push", User_Agent="mastodonpy")

    library.client = library.form(
        "/api/v1/apps", [("client_name", "a bot"), ("scopes", ALL), ("redirect_uris", OOB), ("website", "")]
    )
    offered = library.get("/.well-known/oauth-authorization-server")
    assert {"authorization_code", "client_credentials"} <= set(offered["grant_types_supported"])
    granted = [
        ("code", library.allowed(force_login="False", state="", lang="")),
        ("grant_type", "authorization_code"),
        ("redirect_uri", OOB),
        ("scope", ALL),
        *library.names_itself.items(),
    ]
    library.holds(library.form("/oauth/token", granted))
    assert all(part.isdigit() for part in library.get("/api/v1/instance")["version"].split()[0].split("."))
    assert library.get("/api/v2/instance/")["domain"] == library.person.server.domain
    shows_home(library)


def test_megalodon(begin: Begin) -> None:
    """It refuses software it does not know, unless that says what it is like; then v1 tells where it may listen."""
    megalodon = begin(OOB, "read write follow", Accept="application/json, text/plain, */*", User_Agent="megalodon")

    links = megalodon.get("/.well-known/nodeinfo")["links"]
    for link in links:
        if "nodeinfo.diaspora.software" in link["rel"]:
            told = megalodon.get(link["href"].removeprefix(megalodon.person.base))
            assert told["metadata"]["upstream"]["name"] == "mastodon"
    megalodon.client = megalodon.json(
        "/api/v1/apps", {"client_name": "a client", "redirect_uris": OOB, "scopes": megalodon.scopes}
    )
    asked = {**megalodon.names_itself, "redirect_uri": OOB, "grant_type": "authorization_code"}
    megalodon.holds(megalodon.json("/oauth/token", {**asked, "code": megalodon.allowed()}))
    assert megalodon.get("/api/v1/instance")["urls"]["streaming_api"] == f"ws://{megalodon.person.server.domain}"
    with websocket(megalodon.person.server.port, megalodon.token, "stream=user") as socket:
        megalodon.hears_of(socket, "update")
    shows_home(megalodon)


def test_something_without_a_name(begin: Begin) -> None:
    """Not even a User-Agent; and the token as bots in a shell show it."""
    nameless = begin(OOB, "read write")

    nameless.client = nameless.multipart(
        "/api/v1/apps", [("client_name", "A script"), ("redirect_uris", OOB), ("scopes", nameless.scopes)]
    )
    granted = [
        *nameless.names_itself.items(),
        ("redirect_uri", OOB),
        ("grant_type", "authorization_code"),
        ("code", nameless.allowed()),
    ]
    nameless.holds(nameless.multipart("/oauth/token", granted))
    shown, nameless.token = ("access_token", nameless.token), ""
    for sends in (nameless.form, nameless.multipart, nameless.query):
        assert sends("/api/v1/statuses", [("status", "Hello"), shown])["application"]["name"] == "A script"
    assert nameless.json("/api/v1/statuses", dict([("status", "Hello"), shown]))["visibility"] == "public"
