"""Which program asks, in a few words of ours: what a User-Agent says beyond that is kept nowhere."""

import re

from quart import request

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
    ("BSD", "BSD"),
)
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9._ -]{0,39}")
UNKNOWN = "An unknown browser"


def browser() -> str:
    """Return the browser that asks, for people: ``Firefox on Linux``."""
    told = request.headers.get("User-Agent", "")
    name = next((name for mark, name in BROWSERS if mark in told), None)
    system = next((system for mark, system in SYSTEMS if mark in told), None)
    if name is None:
        return UNKNOWN
    return f"{name} on {system}" if system else name


def product() -> str:
    """Return the program that asks, by its own word and without its version: ``Tusky``; empty when it says none."""
    found = _PRODUCT.match(request.headers.get("User-Agent", "").partition("/")[0].strip())
    return found[0].strip() if found else ""
