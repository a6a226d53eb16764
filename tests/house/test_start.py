"""A server that starts holds what it needs then, and nothing more: STACK's budget of idle memory and start."""

import json
import subprocess
import sys
from importlib.metadata import version
from inspect import cleandoc
from pathlib import Path

import pytest

from smallfed.mastodon.routes import PAGES
from smallfed.sparing import MADE_FOR

ROOT = Path(__file__).parents[2]

NOT_YET = {
    "http_ece": "when the first push is sent",
    "jinja2": "when the first page is shown",
    "markdown_it": "when the owner writes",
    "PIL": "never in this process",
    "prometheus_client": "when somebody asks for the figures",
    "py_vapid": "when the first push is sent",
    "obstore": "when there is a bucket",
    "pyld": "when the first linked-data signature is made",
    "pyotp": "when a second factor is set up",
    "rich": "by commands that show progress",
    "segno": "when a second factor is set up",
    "selectolax": "when a card is read",
    **{f"smallfed.mastodon.routes.{page}": "when an app first asks for something of it" for page in PAGES},
    **{
        f"smallfed.{name}": "never in this process"
        for name in ("filming.cleaning", "runtime.ffmpeg", "runtime.filming")
    },
    "smallfed.store.migrations.m0001_foundation": "when the tables are made or changed",
    "sqlite_utils": "when the tables are made or changed",
    "webauthn": "when a passkey is used",
}
"""What is imported later: name → when. In it, a name stands for all below it as well."""

NEVER = {
    "flask.cli": "there is a command line of our own",
    "h2": "nothing here speaks HTTP/2",
    "hpack": "nothing here speaks HTTP/2",
    "httpcore2._sync": "nothing here blocks",
    "hypercorn.asyncio": "there is trio",
    "multiprocessing": "the children here are processes of their own",
    "pdb": "nobody debugs here",
    "quart.testing": "tests are elsewhere",
    "werkzeug.debug": "nobody debugs here",
    "werkzeug.serving": "hypercorn serves",
}
"""What the libraries would import (``smallfed/sparing``): name → why it is of no use."""

PROGRAM = cleandoc("""
    import json, sys
    from pathlib import Path
    from smallfed.sparing import spare
    spared = spare()
    import trio
    from smallfed.app import App
    from smallfed.config import Config

    async def main():
        app = App(Config(data=Path(sys.argv[1])))
        async with app.living():
            print(json.dumps([spared, sorted(sys.modules)]))

    trio.run(main)
""")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, set[str]]:
    """Start a server; return whether libraries were spared, and the names of all modules it then has."""
    data = tmp_path_factory.mktemp("data")
    prepare = (
        "import sys; from smallfed.store.opening import prepare; from datetime import *; from pathlib import Path\n"
    )
    prepare += "prepare(Path(sys.argv[1]) / 'smallfed.db', now=datetime.now(UTC))"
    for program in (prepare, PROGRAM):
        done = subprocess.run(
            [sys.executable, "-c", program, str(data)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
    spared, names = json.loads(done.stdout)
    return spared, set(names)


def test_what_is_used_later_is_imported_later(started: tuple[bool, set[str]]) -> None:
    _, names = started

    assert [name for name in NOT_YET if _is_there(name, names)] == []


def test_what_is_never_used_is_not_imported(started: tuple[bool, set[str]]) -> None:
    spared, names = started

    tried = all(version(name) == of for name, of in MADE_FOR.items())
    assert spared is tried
    assert [name for name in NEVER if _is_there(name, names) and tried] == []


def _is_there(name: str, names: set[str]) -> bool:
    return any(each == name or each.startswith(f"{name}.") for each in names)
