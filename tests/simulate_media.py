"""A week of pictures under a budget, in virtual time: ``python -m tests.simulate_media`` prints what became of them.

Nothing is downloaded: a picture is a file without content that has a size. All else is the house's own: room is booked
before a byte is written, rows are kept, files go by the sweeper and who deletes files.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import trio
from msgspec import Struct
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.copy import Copy, Subject
from smallfed.runtime.aside import Aside
from smallfed.runtime.room import Room
from smallfed.store import accounts, bookmarks, copies, holdings
from smallfed.store.tx import Tx
from smallfed.workers.processing import Processing
from smallfed.workers.sweeping import Sweeper
from tests.workers.house import Here, living
from tests.world import acquaint, befriend, say

MB = 1_000_000
FRIENDS, STRANGERS = 20, 300  # people whose pictures come
OF_FRIENDS = 0.35  # of the pictures
TOUCHED = 0.005  # of them the owner bookmarks
LOOKS = 0.2  # of as many pictures as come, the owner looks again at those of the last days
ASIDE = Aside(threads=False)


class Day(Struct, kw_only=True):
    """What happened on a day, and how much there was at its end, in bytes; ``most``: at its fullest moment."""

    number: int
    came: int = 0
    kept: int = 0
    passed_on: int = 0
    evicted: int = 0
    hits: int = 0
    misses: int = 0
    most: int = 0
    own: int = 0
    touched: int = 0
    followed: int = 0
    stranger: int = 0


class Outcome(Struct, kw_only=True):
    """All days; how many bytes were allowed; and pictures that the owner touched, with how many of them are whole."""

    budget: int
    days: list[Day]
    touched: int = 0
    whole: int = 0
    own_lost: int = 0


class Picture(Struct, frozen=True, kw_only=True):
    """One that came."""

    url: str
    size: int
    attachment: int
    day: int


class Week:
    """The simulation: ``pictures`` a day under ``budget`` bytes."""

    def __init__(self, here: Here, data: Path, *, pictures: int, budget: int, days: int, seed: int = 1) -> None:
        self._here, self._media, self._pictures, self._days = here, data / "media", pictures, days
        self._dice = random.Random(seed)
        self.room = Room(data, ASIDE, budget=budget, reserve=0, look=lambda _: (1 << 50, 1 << 50))
        self.outcome = Outcome(budget=budget, days=[])
        self._known: list[Picture] = []
        self._touched: list[str] = []
        self._people: list[Account] = []
        self._own: list[Path] = []

    async def run(self) -> Outcome:
        """Let the days pass."""
        sweeper = Sweeper(self._here.db, ASIDE, self._here.hub, self._here.clock, self.room, self._media)
        self._people = await self._here.db.write(_move_in)
        async with trio.open_nursery() as nursery:
            await nursery.start(Processing(self._here.db, ASIDE, self._here.hub, self._media.parent).run)
            await nursery.start(sweeper.run)
            for number in range(1, self._days + 1):
                await self._pass(Day(number=number))
            nursery.cancel_scope.cancel()
        self.outcome.touched = len(self._touched)
        self.outcome.whole = await self._here.db.read(_whole, self._touched)
        self.outcome.own_lost = sum(not path.exists() for path in self._own)
        return self.outcome

    async def _pass(self, day: Day) -> None:
        self.outcome.days.append(day)
        before = await self._here.db.read(_files)
        for hour in range(24):
            if hour == 12:
                self._upload(self.outcome.budget // 500)
            count = self._pictures * (hour + 1) // 24 - self._pictures * hour // 24
            fresh = await self._here.db.write(self._arrive, count, day.number)
            recent = [picture for picture in self._known if day.number - picture.day < 3]
            again = self._dice.choices(recent, k=int(count * LOOKS)) if recent else []
            async with trio.open_nursery() as nursery:
                for picture in (*fresh, *again):
                    nursery.start_soon(self._look_at, picture, day, self._dice.random() * 3300)
            self._known += fresh
            self._weigh(day)
        day.own = self.room.stock.own
        for line in await self._here.db.read(holdings.by_standing):
            setattr(day, line.key, line.total)
        day.evicted = before + day.kept - await self._here.db.read(_files)

    def _upload(self, size: int) -> None:
        """The owner posts a picture."""
        path = self._media / "files" / f"{len(self._own):032x}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, size)
        self._own.append(path)
        self.room.crowded.ring()  # as the event of an upload does

    def _arrive(self, tx: Tx, count: int, day: int) -> list[Picture]:
        """Let posts with a picture each come, of which the owner bookmarks a few."""
        found = []
        for _ in range(count):
            whose = self._people[: FRIENDS if self._dice.random() < OF_FRIENDS else None]
            post = say(tx, self._dice.choice(whose if len(whose) == FRIENDS else whose[FRIENDS:]))
            attachment, url = self._dice.getrandbits(60), f"{post.uri}.jpg"
            tx.run(
                "INSERT INTO attachments (id, post_id, kind, url, created_at) VALUES (?, ?, 'image', ?, 0)",
                attachment,
                post.id,
                url,
            )
            if self._dice.random() < TOUCHED:
                bookmarks.put(tx, post.id)
                self._touched.append(url)
            size = min(int(self._dice.lognormvariate(11.7, 0.9)), 16 * MB)
            found.append(Picture(url=url, size=size, attachment=attachment, day=day))
        return found

    async def _look_at(self, picture: Picture, day: Day, after: float) -> None:
        """Show a picture as the owner scrolls by: from here, or from its server, and keep it if there is room."""
        await trio.sleep(after)
        known = await self._here.db.read(copies.find, picture.url)
        if known is not None and known.file is not None:
            day.hits += 1
            await self._here.db.write(_seen, known.id)
            return
        if known is None:
            day.came += 1
        else:
            day.misses += 1
        await self._fetch(picture, known, day)

    async def _fetch(self, picture: Picture, known: Copy | None, day: Day) -> None:
        small = 0 if known is not None and known.preview is not None else picture.size // 8
        with self.room.book() as booking:
            for part in _parts(picture.size):
                if not booking.take(part):
                    day.passed_on += 1
                    return
                self._weigh(day)
                await trio.sleep(0.2)
            if not booking.take(small):
                day.passed_on += 1
                return
            name = f"{self._dice.getrandbits(128):032x}"
            folder = self._media / "remote"
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / f"{name}.jpg", picture.size)
            if small:
                _write(folder / f"{name}-small.jpg", small)
            await self._here.db.write(_keep, picture, known, name, small)
            booking.keep(picture.size + small)
        day.kept += 1

    def _weigh(self, day: Day) -> None:
        day.most = max(day.most, self.room.stock.copies + self.room.stock.own)

    def on_disk(self) -> int:
        """Return how many bytes all files really have."""
        return sum(path.stat().st_size for path in self._media.rglob("*") if path.is_file())


def _parts(size: int) -> Iterator[int]:
    for at in range(0, size, 64 << 10):
        yield min(64 << 10, size - at)


def _write(path: Path, size: int) -> None:
    with path.open("xb") as file:
        file.truncate(size)


def _move_in(tx: Tx) -> list[Account]:
    owner = accounts.owner(tx)
    people = [acquaint(tx, f"friend{number}@near{number % 5}.example") for number in range(FRIENDS)]
    for friend in people:
        befriend(tx, owner, friend)
    return people + [acquaint(tx, f"stranger{number}@far{number % 40}.example") for number in range(STRANGERS)]


def _seen(tx: Tx, copy: int) -> None:
    copies.change(tx, copy, seen_at=tx.now)


def _keep(tx: Tx, picture: Picture, known: Copy | None, name: str, small: int) -> None:
    preview: dict[str, object] = {}
    if small:
        preview = {"preview": f"{name}-small.jpg", "preview_type": "image/jpeg", "preview_size": small}
    columns: dict[str, object] = {
        "file": f"{name}.jpg",
        "media_type": "image/jpeg",
        "size": picture.size,
        "digest": b"x",
        "fetched_at": tx.now,
        "seen_at": tx.now,
        **preview,
    }
    stored = copies.find(tx, picture.url)
    if stored is not None:
        copies.change(tx, stored.id, **columns)
        return
    fields = {"id": 0, "url": picture.url, "host": "far.example", "subject": Subject.ATTACHMENT, **columns}
    copies.put(tx, Copy(subject_id=picture.attachment, **fields))  # type: ignore[arg-type]


def _files(tx: Tx) -> int:
    return int(tx.one("SELECT count(*) FROM copies WHERE file IS NOT NULL")[0])


def _whole(tx: Tx, touched: list[str]) -> int:
    found = Counter(copy is not None and copy.file is not None for copy in (copies.find(tx, url) for url in touched))
    return found[True]


HEADINGS = (
    "day",
    "new",
    "kept",
    "passed on",
    "evicted",
    "hits",
    "misses",
    "own",
    "touched",
    "followed",
    "strangers",
    "most",
)


def table(outcome: Outcome) -> str:
    """Return the days in lines, sizes in MB."""
    lines = [HEADINGS]
    for day in outcome.days:
        counts = (day.number, day.came, day.kept, day.passed_on, day.evicted, day.hits, day.misses)
        sizes = (day.own, day.touched, day.followed, day.stranger, day.most)
        lines.append((*map(str, counts), *(f"{size / MB:.0f}" for size in sizes)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(f"{cell:>{w}}" for cell, w in zip(line, widths, strict=True)) for line in lines)


async def simulate(*, pictures: int, budget: int, days: int = 7) -> Outcome:
    """Run a simulation in a folder of its own; what the disk really holds is looked at in the end."""
    with TemporaryDirectory() as folder:
        async with living(Path(folder)) as here:
            week = Week(here, Path(folder), pictures=pictures, budget=budget, days=days)
            outcome = await week.run()
            outcome.days[-1].most = max(outcome.days[-1].most, week.on_disk())
    return outcome


def main() -> None:
    """Print a week at 5,000 pictures a day under 1 GB; other numbers as arguments."""
    pictures, budget = (int(argument) for argument in (*sys.argv[1:], 5000, 1000)[:2])

    async def run() -> Outcome:
        return await simulate(pictures=pictures, budget=budget * MB)

    outcome = trio.run(run, clock=MockClock(autojump_threshold=0))
    print(f"A week at {pictures} pictures a day under {budget} MB; sizes in MB.\n")  # noqa: T201
    print(table(outcome))  # noqa: T201
    print(  # noqa: T201
        f"\nOf {outcome.touched} pictures that the owner touched {outcome.whole} are whole;"
        f" of the owner's own {outcome.own_lost} are lost."
    )


if __name__ == "__main__":
    main()
