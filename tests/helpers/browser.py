"""A real browser for tests of pages: Debian's chromium, driven by playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

WIDTHS = {"desktop": 1280, "phone": 390}


@dataclass
class Visit:
    """What happened while a page was open."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def visit(path: Path, width: int) -> Iterator[Visit]:
    """Open a local page in headless chromium at a width; skipped where there is no chromium (never
    in CI).
    """
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing: .ci/run installs it")
        pytest.skip("no chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-sync",
            ],
        )
        try:
            page = browser.new_page(viewport={"width": width, "height": 900})
            seen = Visit(page)
            page.on(
                "console", lambda message: seen.console.append(f"{message.type}: {message.text}")
            )
            page.on("pageerror", lambda error: seen.console.append(str(error)))
            page.on("request", lambda request: seen.requests.append(request.url))
            page.goto(path.resolve().as_uri())
            yield seen
        finally:
            browser.close()


def assert_self_contained(path: Path, width: int) -> None:
    """No console message, no request but the page itself and its inline data, no sideways
    scrolling, pictures load.
    """
    with visit(path, width) as seen:
        assert seen.console == []
        assert [url for url in seen.requests if not url.startswith("data:")] == [
            path.resolve().as_uri()
        ]
        sizes = seen.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert sizes[0] <= sizes[1], f"the page scrolls sideways: {sizes}"
        broken = seen.page.evaluate(
            "[...document.images].filter(i => !i.complete || !i.naturalWidth).length"
        )
        assert broken == 0
        assert seen.page.inner_text("h1").strip()
