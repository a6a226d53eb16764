"""``smallfed config`` as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

from smallfed.config.report import sample

ROOT = Path(__file__).parents[2]


def smallfed(*arguments: str, **environ: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "smallfed", *arguments],
        env={"HOME": "/nowhere", "PATH": "/bin", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_table_says_where_each_value_came_from(tmp_path: Path) -> None:
    (tmp_path / "smallfed.toml").write_text('[network]\nproxy = "http://me:hush@10.0.0.1:3128"\n')

    code, out, err = smallfed("config", "--data", str(tmp_path), SMALLFED_LOG_LEVEL="error")

    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert (code, err) == (0, "")
    assert rows["OPTION"] == ["VALUE", "FROM"]
    assert rows["data"] == [f'"{tmp_path}"', "--data"]
    assert rows["server.bind"] == ['"127.0.0.1:8420"', "default"]
    assert rows["log.level"] == ['"error"', "SMALLFED_LOG_LEVEL"]
    assert rows["network.proxy"] == ['"http://***:***@10.0.0.1:3128"', f"{tmp_path}/smallfed.toml:2"]


def test_json_says_the_same_to_programs() -> None:
    code, out, err = smallfed("--log-format", "json", "config", "--json")

    values = json.loads(out)
    assert (code, err) == (0, "")
    assert values["log.format"] == {"value": "json", "from": "--log-format"}
    assert values["config"] == {"value": None, "from": "default"}
    assert values["limits.rate"] == {"value": True, "from": "default"}


def test_the_sample_is_printed_even_when_the_configuration_is_wrong() -> None:
    assert smallfed("config", "--sample", SMALLFED_SERVER_BIND="wrong") == (0, sample(), "")


def test_a_wrong_configuration_ends_with_its_exit_code() -> None:
    assert smallfed("config", SMALLFED_SERVER_BIND="wrong") == (
        3,
        "",
        "smallfed: SMALLFED_SERVER_BIND: server.bind has no port: 'wrong'; "
        "write for example: SMALLFED_SERVER_BIND=unix:/run/smallfed/smallfed.sock\n",
    )


def test_two_forms_at_once_are_refused() -> None:
    assert smallfed("config", "--json", "--sample") == (
        2,
        "",
        "smallfed: --json and --sample exclude each other (see `smallfed config --help`)\n",
    )
