"""Collapsing: of all waves that wait for the owner one line is said, among the announcements, and kept true."""

from smallfed.domain.wave import Kind, State, Wave
from smallfed.services import announcing
from smallfed.store import houses, waves
from smallfed.store.tx import Tx

KEY = "waves"
GROWTH = 2  # so much larger a wave must be before the line about it is written anew
PAGE = "/review"


def tell(tx: Tx, wave: Wave) -> None:
    """Say that a wave waits, or how large it has become; seldom, however fast it grows."""
    if wave.kind is Kind.CALM or (wave.told and wave.items < wave.told * GROWTH):
        return
    waves.change(tx, wave.id, told=wave.items)
    say(tx)


def say(tx: Tx) -> None:
    """Say what waits now, or nothing where nothing does."""
    waiting = [wave for wave in waves.waiting(tx) if wave.state is State.OPEN and wave.kind is not Kind.CALM]
    if waiting:
        announcing.tell_of(tx, KEY, line(waiting, houses.get(tx).base + PAGE))
    else:
        announcing.is_over(tx, KEY)


def line(waiting: list[Wave], page: str) -> str:
    """Return the one line about some waves, in Markdown."""
    largest = max(waiting, key=lambda wave: wave.items)
    others = len(waiting) - 1
    more = "" if not others else f" So do {others} more." if others > 1 else " So does another."
    return f"{describe(largest)} waits for you in the [review box]({page}), and nobody was told of it.{more}"


def describe(wave: Wave) -> str:
    """Return what a wave is, in words that begin a sentence."""
    things, servers = _counted(wave.items, "post", "posts"), _counted(wave.hosts, "server", "servers")
    match wave.kind:
        case Kind.FOLLOWS:
            return f"A wave of {_counted(wave.items, 'request', 'requests')} to follow you, from {servers},"
        case Kind.NAMES:
            return f"A wave of {things} that name many people or hashtags, from {servers},"
        case Kind.NEW:
            return f"A wave of {_counted(wave.items, 'thing', 'things')} by new accounts on {servers}"
        case Kind.UNASKED:
            return f"A wave of {things} by strangers out of nothing, from {servers},"
        case Kind.HOST:
            return f"More than you want to hear of strangers on {wave.sample} ({wave.items} so far)"
        case Kind.OVERRUN:
            likes = _counted(wave.items, "like, boost or follow", "likes, boosts and follows")
            return f"A wave of {likes} from {servers} of which most strangers are in waves"
        case Kind.CALM:
            return f"What came while you wanted calm ({wave.items})"
        case Kind.ALIKE if wave.items == 1:
            return "Something a stranger sent"
        case Kind.ALIKE:
            return f"A wave of {things} from {servers}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
