"""The lines for reverse proxies."""

from pathlib import Path

import pytest

from smallfed.config.addresses import Bind, Endpoint, UnixSocket
from smallfed.domain.house import House
from smallfed.web import proxies
from tests import world

HOUSE = House(
    scheme="https",
    domain="social.example.org",
    account_domain="example.org",
    username="alice",
    trial=False,
    created_at=world.NOW,
)
SOCKET = UnixSocket(Path("/run/smallfed/smallfed.sock"))


@pytest.mark.parametrize(
    ("bind", "caddy", "nginx"),
    [
        (Endpoint("127.0.0.1", 8420), "127.0.0.1:8420", "http://127.0.0.1:8420"),
        (Endpoint("0.0.0.0", 80), "127.0.0.1:80", "http://127.0.0.1:80"),
        (Endpoint("::", 8420), "[::1]:8420", "http://[::1]:8420"),
        (SOCKET, "unix//run/smallfed/smallfed.sock", "http://unix:/run/smallfed/smallfed.sock"),
    ],
)
def test_they_lead_to_where_we_listen(bind: Bind, caddy: str, nginx: str) -> None:
    assert f"\treverse_proxy {caddy} {{\n" in proxies.caddy(HOUSE, bind)
    assert f"        proxy_pass {nginx};\n" in proxies.nginx(HOUSE, bind)


def test_they_name_the_domain() -> None:
    caddy, nginx = proxies.caddy(HOUSE, SOCKET), proxies.nginx(HOUSE, SOCKET)

    assert caddy.startswith("social.example.org {\n")
    assert "    server_name social.example.org;\n" in nginx
    assert "/etc/letsencrypt/live/social.example.org/fullchain.pem" in nginx
    assert all('Strict-Transport-Security "max-age=31536000"' in text for text in (caddy, nginx))
    assert [text.count("{") - text.count("}") for text in (caddy, nginx)] == [0, 0]


def test_people_are_sent_on_from_the_domain_of_the_handle() -> None:
    assert proxies.caddy_redirects(HOUSE) == (
        "example.org {\n"
        "\t@smallfed path /.well-known/webfinger /.well-known/host-meta /.well-known/nodeinfo\n"
        "\tredir @smallfed https://social.example.org{uri} permanent\n"
        "\t# … and what this domain serves already\n"
        "}\n"
    )
    assert proxies.nginx_redirects(HOUSE) == (
        "# inside the server block of example.org\n"
        "location ~ ^/\\.well-known/(webfinger|host-meta|nodeinfo)$ {\n"
        "    return 301 https://social.example.org$request_uri;\n"
        "}\n"
    )
