"""One-time codes: six digits that an authenticator app shows for half a minute.

Spec: RFC 6238, RFC 4226 §7.2 to 7.4; SAFETY §1.5: compared in constant time, never taken twice.
"""

import re
from base64 import b32encode
from datetime import datetime

PERIOD = 30  # seconds, as all authenticator apps have it
AROUND = 1  # codes before and after the present one: clocks differ, and typing takes a while
SECRET_BYTES = 20
RECOVERY_CODES, RECOVERY_BYTES = 10, 10
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[A-Z2-7]{16}")


def secret(random: bytes) -> str:
    """Return the secret of codes as text, made of ``SECRET_BYTES`` random bytes."""
    return b32encode(random).decode()


def address(secret: str, *, account: str, issuer: str) -> str:
    """Return what an authenticator app reads in a QR code."""
    from pyotp import TOTP

    return str(TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return which step of time ``code`` is the code of, around now; None when it is none. All are looked at."""
    from pyotp import TOTP
    from pyotp.utils import strings_equal

    typed = "".join(code.split())
    if not _CODE.fullmatch(typed):
        return None
    present, codes = int(now.timestamp()) // PERIOD, TOTP(secret)
    steps = range(present - AROUND, present + AROUND + 1)
    matching = [step for step in steps if strings_equal(codes.generate_otp(step), typed)]
    return matching[-1] if matching else None


def recovery_code(random: bytes) -> str:
    """Return a recovery code as it is shown, made of ``RECOVERY_BYTES`` random bytes."""
    text = b32encode(random).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def plain(recovery: str) -> str | None:
    """Return a recovery code as it was typed in its one form, or None when it cannot be one."""
    text = "".join(letter for letter in recovery.upper() if not letter.isspace() and letter != "-")
    return text if _RECOVERY.fullmatch(text) else None
