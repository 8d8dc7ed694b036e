"""A real browser for tests of pages: Debian's chromium, one for all tests of a file, a fresh visitor for each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.support.mariadb import program

PATIENCE = 30_000
"""Milliseconds after which something never comes; a loaded machine is no failure."""

expect.set_options(timeout=PATIENCE)

WATCH = """
    document.addEventListener("kigen:consent", () => { window.isReady = true; });
    window.shifts = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
"""Notes when the script has looked at what it remembers, and adds up how far things jumped that nobody had touched."""


@contextmanager
def started() -> Iterator[Browser]:
    """The browser, until its tests are over."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser, **options: Any) -> Iterator[Page]:
    """Somebody who was never here before; an error in a page, or anything that its policy refused, fails the test."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda told: said.append(told.text) if "Content Security Policy" in told.text else None)
    try:
        yield page
        assert said == []
    finally:
        context.close()


def until(page: Page, condition: str) -> None:
    """Wait until an expression holds in a page, also in one that comes instead. The page's own policy forbids `eval`,
    so that it is asked from outside."""
    ends = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < ends:
        try:
            if page.evaluate(condition):
                return
        except Error:
            pass  # the page is just being left
        page.wait_for_timeout(20)
    raise AssertionError(f"it never came to this: {condition}")
