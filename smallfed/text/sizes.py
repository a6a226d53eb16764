"""Sizes in bytes, for people."""

UNITS = ("bytes", "kB", "MB", "GB", "TB")


def size(count: int) -> str:
    """Return ``12 bytes``, ``3.4 MB`` or ``120 GB``: two digits or more that are true."""
    amount, unit = float(count), 0
    while abs(amount) >= 999.5 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 0 if not unit or abs(amount) >= 9.95 else 1
    return f"{amount:.{digits}f} {UNITS[unit]}"
