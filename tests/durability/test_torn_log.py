"""A power cut in the middle of a write: the log ends anywhere, and what is read is a moment that once was."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from smallfed.runtime.groups import Call, Groups
from smallfed.store.opening import open_writer
from smallfed.store.tx import Tx
from tests.durability.child import store
from tests.durability.looking import whole_calls

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GROUPS = 12


def test_wherever_the_log_is_cut_each_group_is_there_or_not(path: Path, tmp_path: Path) -> None:
    """Three calls to a group; a copy is taken while the writer still has it open, and cut all along."""
    sql = open_writer(path)
    groups = Groups(sql, lambda sql: Tx(sql, now=NOW, dice=lambda bits: 0), ticks=lambda: 0.0)
    for group in range(GROUPS):
        for number in range(3 * group, 3 * group + 3):
            groups.put(Call(lambda tx, number=number: store(tx, number), lambda result: None))
        groups.run()
    log = path.with_name(f"{path.name}-wal").read_bytes()
    image = shutil.copy(path, tmp_path / "image.db")
    sql.close()

    seen: list[int] = []
    for cut in [*range(0, len(log), 1030), len(log)]:  # a frame is 4,120 bytes
        torn = tmp_path / f"{cut}.db"
        shutil.copy(image, torn)
        torn.with_name(f"{torn.name}-wal").write_bytes(log[:cut])
        calls = whole_calls(torn)
        assert calls == set(range(len(calls)))
        assert len(calls) % 3 == 0
        seen.append(len(calls))

    assert seen == sorted(seen)
    assert seen[-1] == 3 * GROUPS
