"""Modules that are read when they are used: by whom, how often, and by how many at once."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module, invalidate_caches
from inspect import cleandoc
from pathlib import Path
from types import ModuleType

import pytest

from smallfed.deferring import Finder, Unread
from smallfed.errors import Unavailable

ROOT = Path(__file__).parents[2]

MODULES = {
    "__init__": "",
    "simple": "ANSWER = 42",
    "taking": "from a_house.simple import ANSWER",
    "naming": "from a_house import simple\n\ndef answer(): return simple.ANSWER",
    "left": "from a_house import right\n\nNAME = 'left'\n\ndef both(): return NAME, right.NAME",
    "right": "from a_house import left\n\nNAME = 'right'\n\ndef both(): return left.NAME, NAME",
    "slow": "import time\n\ndef late(): return LATE\n\ntime.sleep(0.05)\nLATE = object()",
    "broken": "raise RuntimeError('not today')",
    "rooms.__init__": "from a_house.rooms.kitchen import TABLE",
    "rooms.kitchen": "from a_house.rooms import window\n\nTABLE = 'wood'",
    "rooms.window": "",
}

WALK = cleandoc("""
    import random
    from importlib import import_module
    from pathlib import Path
    from types import ModuleType
    from smallfed.deferring import Unread, defer
    defer()
    files = Path("smallfed").rglob("*.py")
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files]
    modules = [import_module(name) for name in sorted(names)]
    before = sum(type(module) is Unread for module in modules)
    random.Random(1).shuffle(modules)
    for module in modules:
        module.__doc__
    print(before, sum(type(module) is not ModuleType for module in modules))
""")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A house that is read when it is used, as a folder; ``tmp_path / "landmark"`` tells whether it is the same."""
    folder = tmp_path / "a_house"
    for name, text in MODULES.items():
        file = folder / f"{name.replace('.', '/')}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    landmark = tmp_path / "landmark"
    landmark.touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "meta_path", [Finder("a_house.", landmark), *sys.meta_path])
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "a_house"]:
        del sys.modules[name]
    invalidate_caches()


def is_read(name: str) -> bool:
    return type(sys.modules[f"a_house.{name}"]) is ModuleType


@pytest.mark.usefixtures("house")
def test_what_is_named_is_read_when_it_is_used() -> None:
    naming = import_module("a_house.naming")
    unread = isinstance(naming, Unread)

    answer = naming.answer
    simple_was_read = is_read("simple")

    assert (unread, simple_was_read) == (True, False)
    assert (answer(), is_read("naming"), is_read("simple")) == (42, True, True)


@pytest.mark.usefixtures("house")
def test_what_is_taken_by_name_is_read_with_who_takes_it() -> None:
    taking = import_module("a_house.taking")

    taken = taking.ANSWER

    assert (taken, is_read("simple")) == (42, True)


@pytest.mark.usefixtures("house")
def test_a_package_is_read_before_its_parts_and_may_need_them() -> None:
    kitchen = import_module("a_house.rooms.kitchen")
    unread = not is_read("rooms")

    table = kitchen.TABLE

    assert (unread, is_read("rooms"), table, import_module("a_house.rooms").TABLE) == (True, True, "wood", "wood")


@pytest.mark.usefixtures("house")
def test_two_may_need_each_other() -> None:
    assert import_module("a_house.left").both() == ("left", "right")
    assert import_module("a_house.right").both() == ("left", "right")


@pytest.mark.usefixtures("house")
def test_many_at_once_get_a_whole_module_that_was_read_once() -> None:
    slow = import_module("a_house.slow")

    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: slow.late(), range(8)))

    assert got == [slow.LATE] * 8


def test_what_fails_fails_for_each_who_asks_until_it_is_mended(house: Path) -> None:
    broken = import_module("a_house.broken")

    for _ in range(2):
        with pytest.raises(RuntimeError, match="not today"):
            broken.anything  # noqa: B018
    (house / "broken.py").write_text("anything = 'at last'")

    assert (broken.anything, is_read("broken")) == ("at last", True)


def test_what_is_not_there_is_not_there(house: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"a_house\.garden"):
        import_module("a_house.garden")
    with pytest.raises(AttributeError, match="flowers"):
        import_module("a_house.simple").flowers  # noqa: B018


def test_two_versions_are_never_mixed(house: Path, tmp_path: Path) -> None:
    known, other = import_module("a_house.simple"), import_module("a_house.taking")
    answer = known.ANSWER

    (tmp_path / "landmark.new").touch()
    (tmp_path / "landmark.new").replace(tmp_path / "landmark")

    with pytest.raises(Unavailable, match="restart"):
        other.ANSWER  # noqa: B018
    assert (answer, known.ANSWER) == (42, 42)


def test_the_house_can_be_read_in_any_order() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALK], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
    )

    assert done.stderr == ""
    before, after = map(int, done.stdout.split())
    assert before > 900
    assert after == 0
