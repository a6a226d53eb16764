"""What is left out of a list, and why."""

from collections import Counter, defaultdict

from smallfed.domain.blocklist import Dropped

EXAMPLES = 5


class Lost:
    """What is left out, by reason."""

    def __init__(self) -> None:
        self._counts, self._examples = Counter[str](), defaultdict[str, list[str]](list)

    def note(self, reason: str, name: str) -> None:
        """Count a line."""
        self._counts[reason] += 1
        if len(self._examples[reason]) < EXAMPLES:
            self._examples[reason].append(name[:100])

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """All of it, the commonest reason first."""
        return tuple(
            Dropped(reason=reason, count=count, examples=tuple(self._examples[reason]))
            for reason, count in self._counts.most_common()
        )
