"""People with a server of their own, and the apps they use."""

import json
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from mastodon import Mastodon

from tests.clients.browser import Browser
from tests.documented import answers
from tests.processes import PASSWORD, Server

OOB = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ["read", "write", "follow", "push"]


class Person:
    """An owner. Each app is let in when it is first used, as its maker meant it."""

    def __init__(self, username: str, server: Server) -> None:
        self.username, self.server = username, server
        self.browser = Browser(PASSWORD)

    @property
    def base(self) -> str:
        """Where the server is."""
        return f"http://{self.server.domain}"

    @property
    def handle(self) -> str:
        """Under which name others know them."""
        return f"{self.username}@{self.server.domain}"

    @cached_property
    def token(self) -> str:
        """What an app is given that was let in."""
        return self.server.token()

    @cached_property
    def toot(self) -> "Toot":
        """Their terminal."""
        toot = Toot(self)
        toot.log_in()
        return toot

    @cached_property
    def python(self) -> Mastodon:
        """Mastodon.py, logged in."""
        client_id, secret = Mastodon.create_app("Mastodon.py", api_base_url=self.base, scopes=SCOPES)
        app = Mastodon(client_id, secret, api_base_url=self.base, ratelimit_method="throw", session=_documented())
        code = self.browser.let_in(app.auth_request_url(redirect_uris=OOB, scopes=SCOPES, allow_http=True))
        app.log_in(code=code, redirect_uri=OOB, scopes=SCOPES, allow_http=True)
        return app


def _documented() -> requests.Session:
    """Return a session in which every answer is held to the documentation."""

    def check(answer: requests.Response, **_: Any) -> None:
        asked = answer.request
        if "json" in answer.headers.get("Content-Type", ""):  # and not a stream, nor a file
            mine = "Authorization" in asked.headers
            answers.check(asked.method or "", asked.path_url, answer.status_code, answer.content, mine=mine)

    session = requests.Session()
    session.hooks["response"] = [check]
    return session


class Toot:
    """The command ``toot`` with a configuration of its own."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._command = str(Path(sys.executable).with_name("toot"))
        folder = person.server.data.parent / f"toot of {person.username}"
        self._environment = {**os.environ, "XDG_CONFIG_HOME": str(folder), "NO_COLOR": "1", "TERM": "dumb"}

    def log_in(self) -> None:
        """Log in as the terminal tells one to: open an address, type the code."""
        process = subprocess.Popen(
            [self._command, "login", "--instance", self._person.base],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith(self._person.base):
                code = self._person.browser.let_in(line.strip())
                said += process.communicate(f"n\n{code}\n", timeout=60)[0]
                break
        assert process.wait(timeout=60) == 0, said

    def __call__(self, *arguments: str) -> str:
        """Run a command and return what it prints."""
        done = subprocess.run(
            [self._command, *arguments], env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"toot {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """Run a command and return what it prints as JSON."""
        return json.loads(self(*arguments, "--json"))
