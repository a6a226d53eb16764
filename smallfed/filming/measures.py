"""What a film or a sound is, told to apps and to other servers."""

from fractions import Fraction

from msgspec import Struct


class Measures(Struct, frozen=True, kw_only=True):
    """``width`` and ``height`` are those of the film as it is seen, upright; None throughout: unknown, or a sound.

    ``frame_rate`` is frames a second as a fraction, ``bit_rate`` bits a second of the whole file.
    """

    media_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    frame_rate: str | None = None
    bit_rate: int | None = None


def rate(frames: int, seconds: Fraction | float) -> str | None:
    """Return a frame rate as apps write it: ``30/1``."""
    if frames < 1 or seconds <= 0:
        return None
    exact = (Fraction(frames) / Fraction(seconds)).limit_denominator(1001)
    return f"{exact.numerator}/{exact.denominator}" if exact else None


def bits(size: int, seconds: float | None) -> int | None:
    """Return how many bits a second a file of ``size`` bytes has."""
    return round(size * 8 / seconds) if seconds else None
