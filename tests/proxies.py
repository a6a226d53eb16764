"""Reverse proxies with the files of examples/, on loopback and without TLS, in front of a server of the tests.

Only host names, ports, certificates and folders are those of the test; a file that has changed so that one of them is
not found any more is refused.
"""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.processes import eventually, free_port

EXAMPLES = Path(__file__).parents[1] / "examples"
HOST, MEDIA_HOST = "home.example", "media.example"

Change = tuple[str, str]
"""A pattern, which must be found, and what stands in its place."""


def program(name: str) -> str | None:
    """Return where a program is, also where only root looks; None when there is none."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


@contextmanager
def nginx(command: str, folder: Path, *, behind: int, changes: Sequence[Change] = ()) -> Iterator[int]:
    """Run nginx in front of what listens at the port ``behind``; yield its own port."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    folders = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # or its workers could not write to the folder
    blocks = nginx_blocks(folder, port=port, behind=behind, changes=changes)
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid;\nevents {{ worker_connections 4096; }}\n"
        f"http {{\naccess_log off;\n{folders}\n{blocks}\n}}\n"
    )
    log = folder / "error.log"
    process = subprocess.Popen([command, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(log)])
    try:
        eventually(lambda: listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def nginx_blocks(folder: Path, *, port: int, behind: int, changes: Sequence[Change] = ()) -> str:
    """Return both of our files for nginx."""
    server = (EXAMPLES / "nginx.conf").read_text()
    media = (EXAMPLES / "nginx-media.conf").read_text()
    plain = (
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"listen \[::\]:443[^;]*;", ""),
        (r"ssl_certificate[^;]*;", ""),
    )
    own = (
        (r"server \{\s+listen 80;.*?\n\}\n", ""),  # the redirect to https
        (r"/var/cache/nginx/", f"{folder}/"),
        (r"127\.0\.0\.1:8420", f"127.0.0.1:{behind}"),
        (r"social\.example\.org", HOST),
    )
    return changed(server, [*own, *plain, *changes]) + changed(media, [*plain, (r"media\.example\.org", MEDIA_HOST)])


@contextmanager
def caddy(command: str, folder: Path, *, behind: int) -> Iterator[int]:
    """Run Caddy in front of what listens at the port ``behind``, with the block for media; yield its own port."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    changes = (
        (r"social\.example\.org \{", f"http://127.0.0.1:{port}, http://{HOST}:{port} {{"),
        (r"127\.0\.0\.1:8420", f"127.0.0.1:{behind}"),
    )
    text = changed(caddyfile(), [*changes, (r"^media\.example\.org \{", f"http://{MEDIA_HOST}:{port} {{")])
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [command, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            env={**os.environ, **caddy_folders(folder)},
            stdout=log,
            stderr=log,
        )
    try:
        eventually(lambda: listens(port))
        yield port
    finally:
        process.kill()  # asked to stop, it waits for connections that are kept
        process.wait(timeout=10)


def caddyfile() -> str:
    """Return our file for Caddy, with the block for a host name of the media."""
    return changed((EXAMPLES / "Caddyfile").read_text(), [(r"^#(media\.example\.org \{|\t[^\n]*|\})$", r"\1")])


def caddy_folders(folder: Path) -> dict[str, str]:
    """Return the environment in which Caddy writes to ``folder`` only."""
    return {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def changed(text: str, changes: Sequence[Change]) -> str:
    """Return a file with changes; RuntimeError when one of them finds nothing."""
    for pattern, new in changes:
        text, count = re.subn(pattern, new, text, flags=re.DOTALL | re.MULTILINE)
        if not count:
            raise RuntimeError(f"the file in examples/ is not as it is known here: nothing matches {pattern!r}")
    return text


def listens(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
