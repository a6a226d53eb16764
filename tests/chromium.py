"""Debian's Chromium, driven by playwright, for tests that need a real browser; skipped where either is missing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000  # ms


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """Return a running Chromium (playwright's ``Browser``)."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs playwright: pip install -e '.[test,browser]'", exc_type=ImportError
    )
    found = shutil.which("chromium") or shutil.which(CHROMIUM)
    if found is None:
        pytest.skip(f"needs Chromium at {CHROMIUM}: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """A window with cookies of its own, and everything it complained about: ``complaints`` should stay empty.

    Among them are blocked scripts, styles and forms (Content-Security-Policy), errors of scripts, and everything that
    was asked for and not answered well.
    """

    def __init__(self, browser: Any, *, width: int = 1280, scheme: str = "light", **options: Any) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, ignore_https_errors=True, **options
        )
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # that is an icon still under way when one goes on
            self.complaints.append(f"{request.failure}: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def open(self, url: str) -> Any:
        """Open an address, and return the page when it is all there."""
        self.page.goto(url, wait_until="load")
        return self.page

    @property
    def text(self) -> str:
        """What can be read."""
        return str(self.page.inner_text("body"))

    @property
    def overflow(self) -> list[str]:
        """What is wider than the window, from the outside in; nothing when one need not scroll sideways."""
        found: list[str] = self.page.evaluate(OVERFLOW)
        return found

    @property
    def faint(self) -> list[str]:
        """What is written in a colour too near to what is behind it: below 4.5 to 1, as WCAG 2.2 AA wants it."""
        found: list[str] = self.page.evaluate(FAINT)
        return found

    @property
    def unnamed(self) -> list[str]:
        """What somebody who does not see the page is not told of: a page, a heading, links, buttons, fields, pictures.

        That is: no title, not one first heading, a name that is missing, an id or a label that leads nowhere.
        """
        found: list[str] = self.page.evaluate(UNNAMED)
        return found


OVERFLOW = """() => {
    const root = document.documentElement, width = root.clientWidth;
    if (root.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > width + 0.5)
        .map(each => `${each.tagName}.${each.className}`).concat('the page');
}"""

FAINT = """() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const parts = colour => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const light = colour => {
        const [r, g, b] = [...parts(colour)].slice(0, 3)
            .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (parts(colour)[3] === 255) return colour;
        }
        return 'white';
    };
    const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
        if (!text || !element.checkVisibility()) continue;
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${element.tagName}.${element.className}: ${text}`);
    }
    return faint;
}"""

UNNAMED = """() => {
    const told = e => `${e.tagName}.${e.className} ${e.outerHTML.slice(0, 80)}`;
    const words = e => (e.getAttribute('aria-label') || e.innerText || e.querySelector('img')?.alt || '').trim();
    const all = (what, wrong) => [...document.querySelectorAll(what)].filter(wrong).map(told);
    const first = document.querySelectorAll('h1:not(.content *)').length;
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
    const pointers = ['aria-describedby', 'aria-labelledby', 'for'];
    return [
        ...(document.title.trim() ? [] : ['no title']),
        ...(document.documentElement.lang ? [] : ['no language']),
        ...(first === 1 ? [] : [`${first} first headings`]),
        ...all('a[href], button, summary', e => e.checkVisibility() && !words(e)),
        ...all('img', e => !e.hasAttribute('alt')),
        ...all('input:not([type=hidden])', e => !e.labels.length && !e.ariaLabel && !e.closest('[aria-hidden]')
            && e.ariaHidden !== 'true'),
        ...all('[aria-hidden=true] a, [aria-hidden=true] button, summary[aria-hidden=true]', () => true),
        ...ids.filter((id, place) => ids.indexOf(id) !== place).map(id => `twice: #${id}`),
        ...pointers.flatMap(name => all(`[${name}]`, e => !document.getElementById(e.getAttribute(name)))),
    ];
}"""
