"""Searching: posts among very many, by what is rare, common and restricted; people while a name is typed."""

import shutil
from collections.abc import Iterator
from urllib.parse import quote

from smallfed.store.tx import Tx
from tests.bench import seeding
from tests.bench.budget import Row
from tests.bench.measures.reading import library
from tests.bench.people import HOME
from tests.bench.stage import Bench, Stage

PEOPLE = 200_000
MARKS = "'any from' || account_id || ' ispublic languageen' || CASE WHEN id % 7 THEN '' ELSE ' hasmedia hasimage' END"

STEPS = (
    "UPDATE accounts SET indexable = 1 WHERE NOT local",
    # What services/indexing would write, post by post, in some minutes.
    f"INSERT INTO searchables (post_id, library, words, marks) SELECT id, 0, content, {MARKS} FROM posts",
    "INSERT INTO search_index (search_index) VALUES ('rebuild')",
    # Names as people have them: many begin like others.
    f"""WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {PEOPLE})
        INSERT INTO accounts (id, uri, kind, username, host, name, inbox, created_at)
        SELECT 1000000 + i, 'https://many.example/' || i, 'Person', s.begins || i, 'h' || (i % 500) || '.example',
            s.called || ' ' || i, 'https://many.example/inbox', 0
        FROM n JOIN (SELECT 0 AS k, 'alex' AS begins, 'Sam' AS called UNION SELECT 1, 'anna', 'Alexander'
            UNION SELECT 2, 'mel', 'Zoë' UNION SELECT 3, 'bob', 'Kim') s ON s.k = i % 4""",
    "ANALYZE",
)

QUERIES = {
    "search rare": "/api/v2/search?type=statuses&q={number}",
    "search common": "/api/v2/search?type=statuses&q=people",
    "search operators": "/api/v2/search?type=statuses&q=from:u7 has:image -nonsense people",
    "search beginning": "/api/v2/search?type=statuses&q=peop",
    "search people": "/api/v1/accounts/search?q=al",
    "search everything": "/api/v2/search?q=alex",
}


def search(bench: Bench) -> Iterator[Row]:
    """One client, request after request, as somebody types."""
    stage = _library(bench)
    with stage.running():
        for name, path in QUERIES.items():
            target = quote(path.format(number=bench.posts // 2), safe="/?=&:")
            token = f"Authorization: Bearer {seeding.TOKEN}\r\n"
            request = f"GET {target} HTTP/1.1\r\nHost: {HOME}\r\n{token}\r\n".encode()
            came = stage.blast([request], connections=1, seconds=max(1.0, 5 * bench.scale))
            if set(came.statuses) != {"200"}:
                raise RuntimeError(f"{path}: {came.statuses}")
            note = f"{bench.posts:,} posts, {PEOPLE:,} people, p50 {came.p50:.1f} ms, most {came.max:.0f} ms"
            yield Row(name=name, value=came.p99, note=note)


def _library(bench: Bench) -> Stage:
    kept = library(bench)
    searched = kept.with_name(f"{kept.name}-searched")
    stage = bench.stage("search")
    if not searched.exists():
        shutil.copytree(kept, stage.data)
        with seeding.writing(stage.data) as tx:
            _fill(tx)
        shutil.copytree(stage.data, searched)
        shutil.rmtree(stage.data)
    shutil.copytree(searched, stage.data)
    return stage


def _fill(tx: Tx) -> None:
    for step in STEPS:
        tx.run(step)
