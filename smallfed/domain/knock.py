"""Knocks: requests that the door refused before anybody was believed. Where they are from is only what they say."""

from datetime import datetime

from msgspec import Struct

NOBODY = ""  # the host of whoever does not say where they are from
OTHERS = "*"  # the host of those whose names were too many to be written down one by one


class Knock(Struct, frozen=True, kw_only=True):
    """So many requests that were refused for one reason. ``host``: of which they say to be, or one of the above."""

    host: str
    method: str
    rule: str
    reason: str
    times: int = 1


class Knocked(Struct, frozen=True, kw_only=True):
    """What is kept of somebody's knocks for one reason: on how many days, how often, and when last.

    ``host`` may also be ``*.example.org``: of too many names below that.
    """

    host: str
    method: str
    rule: str
    reason: str
    days: int
    times: int
    last_at: datetime
