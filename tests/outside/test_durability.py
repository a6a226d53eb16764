"""What was promised is kept: rules 38 to 40 against a real process that is killed, starved, locked out and traced."""

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.outside.conftest import UNSIFTED
from tests.outside.looking import DATABASE, neighbour, rows, settled
from tests.processes import PASSWORD, Answer, Laboratory, Server, ask, eventually
from tests.strangers import Document, Stranger

ENOUGH = 50  # answers of 2xx in one life
LIVES = ("kill", "kill", "stop")


@pytest.fixture
def house(lab: Laboratory, bob: Stranger, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A house of its own for each test; bob follows alice there."""
    name = request.node.name.removeprefix("test_").partition("[")[0].replace("_", "-")
    server = lab.server(f"{name[:50]}.example", **UNSIFTED)
    server.setup("alice")
    yield server.start()
    server.kill()


def alice(house: Server) -> str:
    return f"https://{house.domain}/users/alice"


def befriend(house: Server, stranger: Stranger) -> None:
    follow = stranger.follow(alice(house))
    assert stranger.post(house, follow).status == 202
    accepted = "SELECT 1 FROM follows JOIN accounts a ON a.id = follower_id WHERE state = 'accepted' AND a.uri = ?"
    eventually(lambda: rows(house, accepted, stranger.id))


def publish(house: Server, token: str, text: str, key: str) -> Answer:
    """Post as a careful client does: with a key, so that it may be asked again."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "idempotency-key": key}
    return ask(
        f"{house.url}/api/v1/statuses", method="POST", body=json.dumps({"status": text}).encode(), headers=headers
    )


def walk(house: Server, token: str, path: str) -> list[Any]:
    """Return a whole list of the API, page by page as clients read it."""
    found: list[Any] = []
    while page := house.api("GET", f"{path}?limit=40" + (f"&max_id={found[-1]['id']}" if found else ""), token):
        found += page
    return found


def wordings(statuses: list[Any]) -> Counter[str]:
    return Counter(re.sub(r"<[^>]*>", "", status["content"]) for status in statuses)


# 38, 39: kill -9 under load ------------------------------------------------------------------------------------------
class Load:
    """Others and the owner's client, busy all the time, and an account of what they were promised."""

    def __init__(self, house: Server, bob: Stranger, token: str) -> None:
        self.house, self.bob, self.token = house, bob, token
        self.notes: dict[str, Document] = {}  # answered 202, by their text
        self.follows: dict[str, Document] = {}  # answered 202, by who follows
        self.posts: dict[str, Document] = {}  # answered 200, by their text
        self.open: list[str] = []  # posts that got no answer
        self._numbers = count(1)
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def promised(self) -> int:
        return len(self.notes) + len(self.follows) + len(self.posts)

    def begin(self) -> None:
        self._over.clear()
        self._threads = [
            threading.Thread(target=self._busy, args=(do,)) for do in (self._note, self._follow, self._post)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _busy(self, do: Callable[[int], None]) -> None:
        while not self._over.is_set():
            try:
                do(next(self._numbers))
            except OSError:  # it is dead, and nothing was promised
                self._over.wait(0.02)

    def _note(self, number: int) -> None:
        activity = self.bob.create(self.bob.mention(alice(self.house), f"<p>note {number}</p>"))
        if self.bob.post(self.house, activity).status == 202:
            self.notes[f"note {number}"] = activity

    def _follow(self, number: int) -> None:
        id_, key_id = neighbour(self.bob, f"fan{number}")
        activity = self.bob.activity("Follow", alice(self.house), actor=id_)
        if self.bob.post(self.house, activity, key_id=key_id).status == 202:
            self.follows[id_] = activity

    def _post(self, number: int) -> None:
        text = self.open.pop() if self.open else f"post {number}"
        try:
            answer = publish(self.house, self.token, text, text)
        except OSError:
            self.open.append(text)
            raise
        if answer.status == 200:
            self.posts[text] = answer.json()
        else:
            self.open.append(text)


def test_what_was_promised_survives(house: Server, bob: Stranger) -> None:
    """Three lives, two of them ended by kill -9 in the middle of everything, one by SIGTERM."""
    token = house.token()
    befriend(house, bob)
    load = Load(house, bob, token)

    for end in LIVES:
        before = load.promised
        load.begin()
        eventually(lambda enough=before + ENOUGH: load.promised >= enough, within=30, every=0.01)
        code = house.kill() if end == "kill" else house.stop()
        load.end()
        assert code == (-signal.SIGKILL if end == "kill" else 0)
        house.start()
    for text in load.open:
        load.posts[text] = publish(house, token, text, text).json()
    settled(house)

    me = house.api("GET", "/api/v1/accounts/verify_credentials", token)
    told = [each for each in walk(house, token, "/api/v1/notifications") if each["type"] == "mention"]
    mine = walk(house, token, f"/api/v1/accounts/{me['id']}/statuses")
    followers = [uri for (uri,) in rows(house, "SELECT a.uri FROM accounts a JOIN follows ON follower_id = a.id")]
    assert (
        twice(wordings([each["status"] for each in told])) == twice(wordings(mine)) == twice(Counter(followers)) == []
    )
    assert load.notes.keys() - wordings([each["status"] for each in told]).keys() == set()
    assert load.posts.keys() ^ wordings(mine).keys() == set()
    assert load.follows.keys() - set(followers) == set()
    assert {status["id"] for status in load.posts.values()} == {status["id"] for status in mine}
    assert rows(house, "SELECT activity, reason FROM inbound WHERE state <> 'done'") == []

    def undelivered() -> set[str]:
        created = {each["object"]["id"] for each in bob.received if each["type"] == "Create"}
        accepted = {str(each["object"]["id"]) for each in bob.received if each["type"] == "Accept"}
        return ({p["uri"] for p in load.posts.values()} - created) | (
            {str(follow["id"]) for follow in load.follows.values()} - accepted
        )

    eventually(lambda: undelivered() == set(), within=30)
    assert rows(house, "SELECT inbox, answer FROM deliveries WHERE state NOT IN ('delivered', 'waiting')") == []


def twice(counts: Counter[str]) -> list[str]:
    return [text for text, number in counts.items() if number > 1]


class Busy(Stranger):
    """A server that has no time: it asks to come again in ``later`` seconds."""

    def __init__(self, lab: Laboratory, domain: str) -> None:
        self.later = 0
        super().__init__(lab, domain)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answering: type[BaseHTTPRequestHandler] = super()._handler()
        stranger = self

        class Handler(answering):  # type: ignore[misc, valid-type]
            def end_headers(self) -> None:
                if self.command == "POST" and stranger.later:
                    self.send_header("retry-after", str(stranger.later))
                super().end_headers()

        return Handler


@pytest.fixture(scope="module")
def busy(lab: Laboratory) -> Iterator[Busy]:
    stranger = Busy(lab, "busy.example")
    yield stranger
    stranger.close()


def test_what_cannot_be_delivered_waits(busy: Busy, house: Server) -> None:
    """Rule 39: through Retry-After, which has its limits, and kill -9, until somebody takes it."""
    token = house.token()
    befriend(house, busy)
    eventually(lambda: any(each["type"] == "Accept" for each in busy.received))
    busy.inbox_status, waits = 503, []

    for busy.later in (3600, 10**9):
        house.api("POST", "/api/v1/statuses", token, status=f"later {busy.later}")
        house.command("queue", "retry", "--all")
        waiting = "SELECT max(due) FROM deliveries WHERE state = 'waiting' HAVING min(attempts) > 0 AND max(due) > ?"
        ((due,),) = eventually(partial(rows, house, waiting, (time.time() + 100) * 1000))
        waits.append(due / 1000 - time.time())
        house.command("queue", "retry", "--all")
    house.kill()
    house.start()
    busy.inbox_status, busy.later = 202, 0
    house.command("queue", "retry", "--all")

    assert [3500 < waits[0] <= 3600, 21_000 < waits[1] <= 21_600] == [True, True]
    eventually(lambda: rows(house, "SELECT 1 FROM deliveries WHERE state = 'waiting'") == [])
    created = {each["object"]["content"] for each in busy.received if each["type"] == "Create"}
    assert {re.sub(r"<[^>]*>", "", content) for content in created} == {"later 3600", f"later {10**9}"}


# 38: power cut ------------------------------------------------------------------------------------------------------
CALL = re.compile(r"^(?P<thread>\d+) +(?P<name>\w+)\((?P<number>\d+)<(?P<file>[^>]*)>(?P<rest>.*)$")
RESUMED = re.compile(r"^(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)$")


def calls(trace: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (thread, ``begin`` or ``end`` and the name, file, the rest) of every system call of a trace."""
    begun: dict[tuple[str, str], str] = {}
    for line in trace.splitlines():
        if (call := CALL.match(line)) is not None:
            thread, name, file, rest = call["thread"], call["name"], call["file"], call["rest"]
            yield thread, f"begin {name}", file, rest
            if "<unfinished" in rest:
                begun[thread, name] = file
            else:
                yield thread, f"end {name}", file, rest
        elif (call := RESUMED.match(line)) is not None:
            file = begun.pop((call["thread"], call["name"]), "")
            yield call["thread"], f"end {call['name']}", file, call["rest"]


def test_no_answer_before_the_sync_of_its_commit(house: Server, bob: Stranger, tmp_path: Path) -> None:
    """Under strace, with several clients at once."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    token = house.token()
    befriend(house, bob)
    house.stop()
    trace = tmp_path / "trace"
    house.start("strace", "-f", "-y", "-s", "16", "-o", str(trace), "-e", "trace=fsync,fdatasync,recvfrom,sendto")
    statuses: list[int] = []

    def speak(number: int) -> None:
        for turn in range(5):
            activity = bob.create(bob.mention(alice(house), f"<p>traced {number} {turn}</p>"))
            statuses.append(bob.post(house, activity).status)
            statuses.append(publish(house, token, f"traced {number} {turn}", f"{number} {turn}").status)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(speak, range(4)))
    os.kill(int((house.data / "smallfed.lock").read_text()), signal.SIGTERM)
    assert house.process is not None
    house.process.wait(15)

    assert Counter(statuses) == {202: 20, 200: 20}
    assert list(answers(trace.read_text())) == [True] * 40


def answers(trace: str) -> Iterator[bool]:
    """Yield for each POST answered 2xx whether a sync of the log began after its last byte had come, and ended well."""
    syncs: dict[str, int] = {}  # thread → when its sync under way began
    latest = -1  # when the latest sync that ended well began
    heard: dict[str, int] = {}  # socket → when the last part of a POST came
    for moment, (thread, what, file, rest) in enumerate(calls(trace)):
        match what:
            case "begin fdatasync" | "begin fsync" if file.endswith("-wal"):
                syncs[thread] = moment
            case "end fdatasync" | "end fsync" if thread in syncs and rest.endswith("= 0"):
                latest = syncs.pop(thread)
            case "end recvfrom" if '"POST ' in rest or file in heard:
                heard[file] = moment
            case "begin sendto" if '"HTTP/1.1 20' in rest and file in heard:
                yield latest > heard.pop(file)


# 40 -------------------------------------------------------------------------------------------------------------------
def test_reads_survive_a_held_write_lock(house: Server, bob: Stranger) -> None:
    token = house.token()
    befriend(house, bob)
    activity = bob.create(bob.mention(alice(house), "<p>patience</p>"))

    with closing(sqlite3.connect(house.data / DATABASE, isolation_level=None)) as sql:
        sql.execute("PRAGMA wal_autocheckpoint = 0")
        sql.execute("BEGIN IMMEDIATE")
        refused: list[Answer] = []
        writer = threading.Thread(target=lambda: refused.append(bob.post(house, activity)))
        writer.start()
        read = []
        while writer.is_alive():
            read.append(house.call("GET", "/api/v1/timelines/home", token).status)
            read.append(ask(f"{house.url}/users/alice/outbox?page=true&max_id={len(read) + 1}").status)
            writer.join(0.1)
        sql.execute("ROLLBACK")

    assert (refused[0].status, "retry-after" in refused[0].headers) == (503, True)
    assert (set(read), len(read) > 2) == ({200}, True)
    assert bob.post(house, activity).status == 202
    settled(house)
    assert [each["type"] for each in house.api("GET", "/api/v1/notifications", token)] == ["mention", "follow"]


def test_a_full_disk_is_told_and_survived(house: Server, bob: Stranger) -> None:
    """The files of the process may not grow any more, as on a disk that is full; then they may."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("this system cannot limit another process")
    token = house.token()
    befriend(house, bob)
    assert house.process is not None
    limits = resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE)
    size = (house.data / f"{DATABASE}-wal").stat().st_size
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (size + 200_000, limits[1]))
    taken: list[Document] = []

    def send(number: int) -> Answer:
        activity = bob.create(bob.mention(alice(house), f"<p>parcel {number}</p>", summary=4000 * "x", x=100_000 * "x"))
        answer = bob.post(house, activity)
        taken.extend([activity] if answer.status == 202 else [])
        return answer

    answers = [send(number) for number in range(10)]
    posted = publish(house, token, "while it is full", "full")
    ready, alive = ask(f"{house.url}/readyz"), ask(f"{house.url}/healthz")
    read = [house.call("GET", path, token).status for path in ("/api/v1/timelines/home", "/api/v1/notifications")]
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, limits)

    assert {answer.status for answer in answers} == {202, 503}
    assert answers[-1].status == posted.status == 503
    assert "retry-after" in answers[-1].headers
    assert (ready.status, alive.status) == (503, 200)
    assert "disk is full" in ready.body.decode()
    assert read == [200, 200]
    assert send(11).status == 202
    assert publish(house, token, "when there is room", "room").status == 200
    assert ask(f"{house.url}/readyz").status == 200
    house.kill()
    house.start()
    settled(house)
    told = {each["status"]["uri"] for each in house.api("GET", "/api/v1/notifications", token) if "status" in each}
    states = dict(rows(house, "SELECT activity, state FROM inbound WHERE type = 'Create'"))
    assert states.keys() == {activity["id"] for activity in taken}
    assert set(states.values()) <= {"done", "parked"}  # parked: when it was looked at, there was no room to do it
    assert told == {activity["object"]["id"] for activity in taken if states[activity["id"]] == "done"}


def test_secrets_are_not_in_the_files_and_the_files_are_private(house: Server, bob: Stranger) -> None:
    token = house.token()
    befriend(house, bob)
    house.api("POST", "/api/v1/statuses", token, status="used")
    app = house.api("POST", "/api/v1/apps", client_name="an app", redirect_uris="urn:ietf:wg:oauth:2.0:oob")

    modes = {path.name: oct(stat.S_IMODE(path.lstat().st_mode)) for path in house.data.rglob("*")}
    folders = {path.name for path in house.data.rglob("*") if path.is_dir()}
    stored = b"".join(path.read_bytes() for path in house.data.rglob("*") if path.is_file())

    assert oct(stat.S_IMODE(house.data.stat().st_mode)) == "0o700"
    assert {name: mode for name, mode in modes.items() if mode != ("0o700" if name in folders else "0o600")} == {}
    assert {DATABASE, f"{DATABASE}-wal", "smallfed.lock", "control.sock"} <= modes.keys()
    assert [secret for secret in (token, app["client_secret"], PASSWORD) if secret.encode() in stored] == []
    assert [secret for secret in (token, app["client_secret"], PASSWORD) if secret in house.log.read_text()] == []


def test_a_second_process_keeps_out(house: Server) -> None:
    assert house.process is not None

    second = house.command("run", check=False)

    assert second.returncode == 5
    assert f"pid {house.process.pid}" in second.stderr
    assert str(house.data) in second.stderr
    assert ask(f"{house.url}/readyz").status == 200
