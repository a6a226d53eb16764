"""A server that starts holds what it needs then, and nothing more: STACK's budget of idle memory and start."""

import os
import subprocess
import sys
from inspect import cleandoc
from pathlib import Path

import pytest
from msgspec import Struct, json

from smallfed.mastodon.routes import PAGES
from smallfed.sparing import MADE_FOR, installed
from tests.bench import seeding

ROOT = Path(__file__).parents[2]

READ_AT_MOST = 420
"""Modules of this house that may have been read when it has started, of a thousand."""

NOT_YET = {
    "asyncio": "with Quart",
    "flask": "with Quart",
    "html": "when text is looked at",
    "http_ece": "when the first push is sent",
    "jinja2": "when the first page is shown",
    "markdown_it": "when the owner writes",
    "nh3": "when text is looked at",
    "PIL": "never in this process",
    "prometheus_client": "when somebody asks for the figures",
    "py_vapid": "when the first push is sent",
    "obstore": "when there is a bucket",
    "pyld": "when the first linked-data signature is made",
    "pyotp": "when a second factor is set up",
    "quart": "when the first person or app comes (smallfed/reception)",
    "rich": "by commands that show progress",
    "segno": "when a second factor is set up",
    "selectolax": "when a card is read",
    "smallfed.control.calls": "when a command is sent",
    "smallfed.inbox.registry": "when the first activity comes",
    "smallfed.mastodon.door": "when an app first asks",
    "smallfed.mastodon.presenter": "when an app first asks",
    **{f"smallfed.mastodon.routes.{page}": "when an app first asks for something of it" for page in PAGES},
    "smallfed.oauth": "when an app first asks",
    "smallfed.services.consequences": "with the first event",
    "smallfed.services.posting": "when the owner writes",
    "smallfed.services.purging": "when something is purged",
    "smallfed.services.slicing": "when something is purged",
    "smallfed.services.targeting": "when something is purged",
    "smallfed.translate.inward": "when the first activity comes",
    "smallfed.translate.outward": "when something is sent",
    **{
        f"smallfed.{name}": "never in this process"
        for name in ("filming.cleaning", "runtime.ffmpeg", "runtime.filming")
    },
    "smallfed.store.migrations.m0001_foundation": "when the tables are made or changed",
    "smallfed.web": "when the first person comes",
    "sqlite_utils": "when the tables are made or changed",
    "webauthn": "when a passkey is used",
    "werkzeug": "with Quart",
}
"""What is imported later: name → when. In it, a name stands for all below it as well."""

NEVER = {
    "flask.cli": "there is a command line of our own",
    "h2": "nothing here speaks HTTP/2",
    "hpack": "nothing here speaks HTTP/2",
    "httpcore2._sync": "nothing here blocks",
    "hypercorn.asyncio": "there is trio",
    "importlib.metadata": "it reads e-mail and archives to tell a number",
    "logging.config": "our log is set up in observe",
    "multiprocessing": "the children here are processes of their own",
    "pdb": "nobody debugs here",
    "quart.testing": "tests are elsewhere",
    "trio._dtls": "nothing here speaks over UDP",
    "werkzeug.debug": "nobody debugs here",
    "werkzeug.serving": "hypercorn serves",
}
"""What the libraries would import (``smallfed/sparing``), Quart included: name → why it is of no use."""

PROGRAM = cleandoc("""
    import json, sys
    from pathlib import Path
    from types import ModuleType
    from smallfed.deferring import Unread, defer
    from smallfed.sparing import spare
    spared = spare()
    defer()
    import trio
    from smallfed.app import App
    from smallfed.config import Config

    def here():
        return sorted(name for name, module in sys.modules.items() if type(module) is not Unread)

    async def nothing():
        await trio.sleep_forever()

    async def swallow(message):
        pass

    ASKED = {"type": "http", "method": "GET", "scheme": "https", "path": "/about", "raw_path": b"/about",
             "query_string": b"", "headers": [(b"host", b"home.example")], "client": ("127.0.0.1", 1),
             "http_version": "1.1", "root_path": "", "server": None, "extensions": {}}

    async def main():
        app = App(Config(data=Path(sys.argv[1])))
        async with app.living():
            await trio.sleep(0.5)
            started = here()
            await app.front(ASKED, nothing, swallow)
            print(json.dumps({"spared": spared, "started": started, "visited": here()}))

    trio.run(main)
""")


class Seen(Struct, frozen=True, kw_only=True):
    """Whether libraries were spared; the names of all modules there when a server had started, and after a visit."""

    spared: bool
    started: set[str]
    visited: set[str]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Start a server of a house that is set up, and ask it for a page."""
    data = tmp_path_factory.mktemp("data")
    with seeding.writing(data) as tx:
        seeding.set_up(tx)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(data)], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return json.decode(done.stdout, type=Seen)


def test_what_is_used_later_is_imported_later(seen: Seen) -> None:
    assert [name for name in NOT_YET if _is_there(name, seen.started)] == []


def test_few_modules_are_read_at_the_start(seen: Seen) -> None:
    ours = {name for name in seen.started if name.startswith("smallfed")}

    assert len(ours) <= READ_AT_MOST


def test_a_visitor_is_answered_by_quart(seen: Seen) -> None:
    assert [name for name in ("quart", "smallfed.web.public", "jinja2") if not _is_there(name, seen.visited)] == []


def test_what_is_never_used_is_not_imported(seen: Seen) -> None:
    tried = all(installed(name) == version for name, version in MADE_FOR.items())

    assert seen.spared is tried
    assert [name for name in NEVER if _is_there(name, seen.visited) and tried] == []


MEANWHILE = cleandoc("""
    from threading import Thread

    def others():
        from importlib.metadata import version
        from logging.config import dictConfig
        from multiprocessing.synchronize import Event
        from pyld import jsonld
        print(jsonld.expand({}), version("trio")[:1], dictConfig.__name__, Event.__init__.__name__)

    thread = Thread(target=others)
    thread.start()
    thread.join()
""")


def test_threads_find_what_they_import_while_a_library_is_brought_in(tmp_path: Path) -> None:
    """The first visitor may come while a post is signed for a relay, which has a library of its own."""
    (tmp_path / "library.py").write_text(MEANWHILE)
    program = "import sys; from smallfed import sparing; sparing.spare(); sparing.bring_in('library')"
    seeing = {**os.environ, "PYTHONPATH": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT, env=seeing
    )

    assert (done.stdout, done.stderr) == ("[] 0 dictConfig __init__\n", "")


def _is_there(name: str, names: set[str]) -> bool:
    return any(each == name or each.startswith(f"{name}.") for each in names)
