"""What a test sees of a database whose process is gone."""

from contextlib import closing
from pathlib import Path

from smallfed.store.checking import check
from smallfed.store.opening import open_writer


def whole_calls(path: Path) -> set[int]:
    """Return the calls that are stored, after whatever recovery SQLite makes; a half one or damage fails the test."""
    with closing(open_writer(path)) as sql:
        rows = sql.execute("SELECT call, count(*) FROM pairs GROUP BY call").fetchall()
        findings = check(sql)
    assert findings == []
    assert {halves for _, halves in rows} <= {2}
    return {call for call, _ in rows}
