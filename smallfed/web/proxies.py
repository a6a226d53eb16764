"""The lines for a reverse proxy, for this very domain and address, to be pasted.

Spec: examples/Caddyfile and examples/nginx.conf, in short; RULINGS 24 (upstream connections end before ours do).
"""

from smallfed.config.addresses import Endpoint, UnixSocket
from smallfed.domain.house import House

DISCOVERY = ("/.well-known/webfinger", "/.well-known/host-meta", "/.well-known/nodeinfo")
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - listening everywhere includes here


def caddy(house: House, bind: Endpoint | UnixSocket) -> str:
    """Return what goes into a Caddyfile."""
    return (
        f"{house.domain} {{\n"
        "\t@page not path /api/v1/streaming*\n"
        "\tencode @page zstd gzip\n"
        '\theader Strict-Transport-Security "max-age=31536000"\n'
        f"\treverse_proxy {_caddy_upstream(bind)} {{\n"
        "\t\tflush_interval -1\n"
        "\t\tlb_try_duration 15s\n"
        "\t\ttransport http {\n"
        "\t\t\tkeepalive 10s\n"
        "\t\t}\n"
        "\t}\n"
        "}\n"
    )


def nginx(house: House, bind: Endpoint | UnixSocket) -> str:
    """Return a server block of nginx."""
    host, port = _host_and_port(house.domain)
    return (
        "map $http_upgrade $smallfed_connection {\n"
        "    default upgrade;\n"
        '    ""      close;\n'
        "}\n"
        "\n"
        "server {\n"
        f"    listen {port} ssl;\n"
        f"    listen [::]:{port} ssl;\n"
        f"    server_name {host};\n"
        f"    ssl_certificate     /etc/letsencrypt/live/{host}/fullchain.pem;\n"
        f"    ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;\n"
        '    add_header Strict-Transport-Security "max-age=31536000" always;\n'
        "    client_max_body_size 100m;\n"
        "\n"
        "    location / {\n"
        f"        proxy_pass {_nginx_upstream(bind)};\n"
        "        proxy_http_version 1.1;\n"
        f"        proxy_set_header Host {'$host' if port == '443' else '$http_host'};\n"
        "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
        "        proxy_set_header X-Forwarded-Proto $scheme;\n"
        "        proxy_set_header Upgrade $http_upgrade;\n"
        "        proxy_set_header Connection $smallfed_connection;\n"
        "        proxy_buffering off;\n"
        "        proxy_read_timeout 1h;\n"
        "    }\n"
        "}\n"
    )


def caddy_redirects(house: House) -> str:
    """Return what the account's domain needs when it is not the one that serves us: people are looked up there."""
    return (
        f"{house.account_domain} {{\n"
        f"\t@smallfed path {' '.join(DISCOVERY)}\n"
        f"\tredir @smallfed {house.base}{{uri}} permanent\n"
        "\t# … and what this domain serves already\n"
        "}\n"
    )


def nginx_redirects(house: House) -> str:
    """Return the same for nginx, to go into the server block that is there already."""
    names = "|".join(path.rpartition("/")[2] for path in DISCOVERY)
    return (
        f"# inside the server block of {house.account_domain}\n"
        f"location ~ ^/\\.well-known/({names})$ {{\n"
        f"    return 301 {house.base}$request_uri;\n"
        "}\n"
    )


def _caddy_upstream(bind: Endpoint | UnixSocket) -> str:
    return f"unix/{bind.path}" if isinstance(bind, UnixSocket) else str(_near(bind))


def _nginx_upstream(bind: Endpoint | UnixSocket) -> str:
    return f"http://unix:{bind.path}" if isinstance(bind, UnixSocket) else f"http://{_near(bind)}"


def _near(bind: Endpoint) -> Endpoint:
    return Endpoint(_ANY.get(bind.host, bind.host), bind.port)


def _host_and_port(domain: str) -> tuple[str, str]:
    host, _, port = domain.partition(":")
    return host, port or "443"
