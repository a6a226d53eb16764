"""How long to wait for a bucket that has failed."""

LONGEST = 3600.0  # for one file
BREAK = 300.0  # for all of them: it may be back any moment, and asking costs next to nothing


def wait(attempt: int, dice: float) -> float:
    """Return the seconds until the next attempt for a file, after so many that failed; ``dice`` is in [0, 1)."""
    return min(5.0 * (1 << min(attempt - 1, 12)), LONGEST) * (1 + dice / 4)


def rest(failures: int) -> float:
    """Return the seconds in which the bucket is left alone after so many failures in a row."""
    return min(float(1 << min(failures - 1, 12)), BREAK)
