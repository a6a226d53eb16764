"""A bucket and a real process: kills, a road that is bad, a wrong secret. Nothing is lost.

Spec: issue 5, point 4; SAFETY rules 33, 38.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image

from smallfed.runtime.bucket import Bucket
from tests.bucket import Moto, Road, moto
from tests.imaging.samples import saved
from tests.outside.test_media import upload
from tests.processes import STARTED_IN, Laboratory, Server, ask, eventually, laboratory


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    with moto(tmp_path_factory.mktemp("moto")) as opened:
        yield opened


@pytest.fixture
def road(store: Moto) -> Iterator[Road]:
    opened = Road(store.port)
    yield opened
    opened.close()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Laboratory]:
    with laboratory(tmp_path) as opened:
        yield opened


@pytest.fixture
def house(lab: Laboratory, store: Moto, road: Road) -> Callable[..., Server]:
    """Return a function that makes a house whose bucket lies at the end of the road; options are those under [s3]."""

    def make(**options: str) -> Server:
        server = lab.server("home.example")
        server.setup("alice")
        turn_on(server, store, road, **options)
        return server

    return make


def turn_on(server: Server, store: Moto, road: Road, **options: str) -> None:
    known = {
        "endpoint": road.url,
        "bucket": "alice-media",
        "access_key": store.access_key,
        "secret": store.secret,
        "prefix": server.data.parent.name,
    }
    server.environment |= {f"SMALLFED_S3_{name.upper()}": value for name, value in {**known, **options}.items()}


def noise(seed: int, side: int = 64) -> bytes:
    """Return a PNG that nothing makes smaller."""
    return saved(Image.frombytes("RGB", (side, side), Random(seed).randbytes(3 * side * side)), "PNG")


def files(server: Server) -> dict[str, bytes]:
    """Return the files of posts that are on the disk, by their names."""
    folder = server.data / "media"
    return {f"files/{path.name}": path.read_bytes() for path in (folder / "files").glob("[0-9a-f]*")}


def state(server: Server) -> Any:
    return json.loads(server.command("media", "storage", "--json").stdout)


def rows(server: Server) -> dict[str, tuple[bool, str]]:
    """Return, of the files that have to do with the bucket, whether something is to be done and why that failed."""
    with closing(sqlite3.connect(f"file:{server.data}/smallfed.db?mode=ro", uri=True)) as sql:
        found = sql.execute("SELECT name, due IS NOT NULL, error FROM placements").fetchall()
    return {name: (bool(waits), error) for name, waits, error in found}


def settled(server: Server) -> Callable[[], Any]:
    """Return a question: whether the bucket has something, and nothing waits any more."""
    return lambda: (known := rows(server)) and not any(waits for waits, _ in known.values())


def failing(server: Server) -> Callable[[], Any]:
    """Return a question: whether the bucket has failed."""
    return lambda: any(error for _, error in rows(server).values())


def looking(store: Moto, server: Server) -> Bucket:
    return Bucket(store.settings(prefix=server.data.parent.name), store.secret)


def digest(client: Bucket, name: str) -> bytes | None:
    found = client.whole(name)
    return None if found is None else found.digest


def test_a_kill_in_the_middle_of_an_upload_to_the_bucket_loses_nothing(
    house: Callable[..., Server], road: Road, store: Moto
) -> None:
    """Pictures are on the disk while they are on the way, and only in the bucket when they have arrived."""
    home = house().start()
    token = home.token()
    road.stall(after=60_000)
    posted = [upload(home, token, noise(seed, 256)).json() for seed in (1, 2)]
    before = files(home)
    assert len(before) == len(posted)
    assert road.stalled.wait(STARTED_IN)

    home.kill()
    road.clear()
    home.start()
    eventually(settled(home))

    client = looking(store, home)
    assert {name: digest(client, name) for name in before} == {n: sha256(d).digest() for n, d in before.items()}
    assert files(home) == {}
    for each in posted:
        name = each["url"].rpartition("/media/")[2]
        assert ask(f"{home.url}/media/{name}").body == before[name]


def test_a_kill_in_the_middle_of_a_migration_loses_nothing_and_it_goes_on_by_itself(
    lab: Laboratory, road: Road, store: Moto
) -> None:
    home = lab.server("home.example")
    home.setup("alice")
    home.start()
    token = home.token()
    for seed in range(6):
        upload(home, token, noise(seed, 256)).json()
    before = eventually(lambda: len(known := files(home)) == 6 and known)
    home.stop()
    turn_on(home, store, road)
    home.start()
    road.stall(after=500_000)
    assert (
        home.command("media", "migrate", "--to", "bucket", "--remove-source", "--no-wait").stdout
        == "6 files to move.\n"
    )
    assert road.stalled.wait(STARTED_IN)

    home.kill()
    client = looking(store, home)
    in_the_middle = {
        **{n: digest(client, n) for n in before},
        **{n: sha256(d).digest() for n, d in files(home).items()},
    }
    road.clear()
    home.start()
    assert home.command("media", "migrate", "--to", "bucket", "--remove-source").stdout.endswith("it is wanted.\n")

    hashes = {name: sha256(data).digest() for name, data in before.items()}
    assert in_the_middle == hashes
    assert {name: digest(client, name) for name in before} == hashes
    assert files(home) == {}

    home.stop()
    road.stall(after=2_000)
    stopped = subprocess.Popen(
        [sys.executable, "-m", "smallfed", "media", "migrate", "--to", "local", "--remove-source"], env=home.environment
    )
    assert road.stalled.wait(STARTED_IN)
    stopped.kill()
    stopped.wait()
    road.clear()
    alone = home.command("media", "migrate", "--to", "local", "--remove-source", "--json")
    home.start()
    again = home.command("media", "migrate", "--to", "local", "--json")

    left = json.loads(alone.stdout)
    assert (left["to"], left["waiting"], 0 < left["moves"] <= 6) == ("local", 0, True)
    assert json.loads(again.stdout) == {"to": "local", "moves": 0, "waiting": 0}
    assert files(home) == before
    assert {name: digest(client, name) for name in before} == dict.fromkeys(before)
    assert state(home)["rows"] == []


def test_a_wrong_secret_is_said_and_nothing_is_lost(house: Callable[..., Server], store: Moto) -> None:
    home = house(secret="n0t-th3-s3cr3t").start()
    token = home.token()

    posted = upload(home, token, noise(1)).json()
    eventually(failing(home))
    told = state(home)

    assert "it refuses the secret: correct s3.secret or s3.secret_file" in told["errors"][0]["error"]
    assert "it refuses the secret" in home.log.read_text()
    assert "it refuses the secret" in home.command("check", check=False).stdout
    assert ask(posted["url"].replace("https://home.example", home.url)).status == 200
    for text in (home.log.read_text(), home.command("config").stdout, home.command("media", "storage").stdout):
        assert store.secret not in text
        assert "n0t-th3-s3cr3t" not in text

    home.stop()
    home.environment["SMALLFED_S3_SECRET"] = store.secret
    home.start()
    eventually(settled(home))

    assert files(home) == {}
    assert ask(posted["url"].replace("https://home.example", home.url)).status == 200


def test_a_bucket_that_is_away_for_a_while_delays_and_loses_nothing(house: Callable[..., Server], road: Road) -> None:
    home = house().start()
    token = home.token()
    first = upload(home, token, noise(1)).json()["url"].replace("https://home.example", home.url)
    eventually(settled(home))

    road.shut()
    second = upload(home, token, noise(2)).json()["url"].replace("https://home.example", home.url)
    away = ask(first)

    assert (away.status, away.json()) == (503, {"error": "This file cannot be read now; try again later."})
    assert int(away.headers["retry-after"]) > 0
    assert ask(second).status == 200
    assert (
        ask(f"{home.url}/api/v1/accounts/verify_credentials", headers={"authorization": f"Bearer {token}"}).status
        == 200
    )
    eventually(failing(home))

    road.clear()
    home.command("media", "storage", "--retry")
    eventually(settled(home))

    assert eventually(lambda: ask(first).status == 200, within=15)
    assert ask(second).status == 200
    assert files(home) == {}


def test_a_public_address_is_told_to_apps_and_what_we_published_leads_there(house: Callable[..., Server]) -> None:
    """Other servers and old posts ask us, and are sent on; what is not in the bucket is given from here."""
    home = house(public_url="https://cdn.example/media", keep_local="true").start()
    token = home.token()
    uploaded = upload(home, token, noise(1)).json()
    post = home.api("POST", "/api/v1/statuses", token, media_ids=[uploaded["id"]])
    eventually(settled(home))
    name = uploaded["url"].rpartition("/media/")[2]
    there = f"https://cdn.example/media/{home.data.parent.name}/{name}"

    shown = home.api("GET", f"/api/v1/statuses/{post['id']}", token)["media_attachments"][0]
    sent_on = ask(f"{home.url}/media/{name}")
    document = ask(f"{home.url}/users/alice/notes/{post['id']}", headers={"accept": "application/activity+json"}).json()
    page = ask(f"{home.url}/@alice/{post['id']}", headers={"accept": "text/html"})

    assert (shown["url"], shown["preview_url"]) == (there, there)
    assert (sent_on.status, sent_on.headers["location"]) == (307, there)
    assert sent_on.headers["cache-control"] == "public, max-age=3600"
    assert document["attachment"][0]["url"] == f"https://home.example/media/{name}"
    assert "img-src 'self' https://cdn.example;" in page.headers["content-security-policy"]
    for other in ("files/" + "0" * 32 + ".png", "files/../smallfed.db", "elsewhere/" + "0" * 32 + ".png"):
        assert ask(f"{home.url}/media/{other}").status == 404

    home.api("DELETE", f"/api/v1/statuses/{post['id']}", token)
    command = home.command("media", "verify", check=False)
    assert command.returncode == 0, command.stdout


def test_parts_of_a_film_that_is_only_in_the_bucket(house: Callable[..., Server]) -> None:
    home = house().start()
    posted = upload(home, home.token(), noise(3, 700)).json()
    url = posted["url"].replace("https://home.example", home.url)
    whole = ask(url).body
    eventually(settled(home))
    assert files(home) == {}

    some = ask(url, headers={"range": "bytes=1000000-1000099"})
    head, fresh = ask(url, method="HEAD"), ask(url, headers={"if-none-match": f'"{url.rpartition("/")[2]}"'})
    beyond = ask(url, headers={"range": f"bytes={len(whole)}-"})

    assert (some.status, some.body) == (206, whole[1_000_000:1_000_100])
    assert some.headers["content-range"] == f"bytes 1000000-1000099/{len(whole)}"
    assert ask(url).body == whole
    assert (head.status, head.headers["content-length"], head.body) == (200, str(len(whole)), b"")
    assert (fresh.status, beyond.status) == (304, 416)
    assert home.command("check", check=False).stdout.strip() == "Everything is in order."
    assert home.command("media", "verify", check=False).returncode == 0
