"""Pictures of pages: light, dark and narrow, in a folder that git ignores, and those of the README.

`HALOBRIDGE_SCREENSHOTS=1` fills `screenshots/latest/`; `readme` renews the pictures of the README as well.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Page

from tests.browser.chromium import WIDE

WANTED: Final = os.environ.get("HALOBRIDGE_SCREENSHOTS", "")
FOLDER: Final = Path(__file__).parent / "screenshots"
NARROW: Final = 390
LONGEST: Final = 2400
"""Pixels: a list of hundreds of rows needs no picture of all of them."""


def look_at(page: Page, name: str) -> None:
    """Nothing sticks out of a narrow window; a picture of each look, if any are wanted."""
    assert_fits(page, name)
    take(page, name)


def assert_fits(page: Page, name: str) -> None:
    """In a window as wide as a phone nothing has to be scrolled sideways."""
    page.set_viewport_size({"width": NARROW, "height": 844})
    # Asked of the element: between two pages there is none, and it is waited for.
    wide = page.locator("html").evaluate("root => root.scrollWidth")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    assert wide <= NARROW, f"{name} is {wide} pixels wide"


def take(page: Page, name: str, *, place: int = 0, readme: int = 0) -> None:
    """`place`: its number in a tour. `readme`: height in pixels of the picture that the README shows."""
    if not WANTED:
        return
    page.wait_for_load_state()
    latest = FOLDER / "latest"
    latest.mkdir(parents=True, exist_ok=True)
    stem = f"tour-{place:02d}-{name}" if place else name
    try:
        _shoot(page, latest / f"{stem}-light.png")
        if readme and WANTED == "readme":
            _shoot(page, FOLDER / f"{name}.png", height=readme)
        colour(page, "dark")
        _shoot(page, latest / f"{stem}-dark.png")
        colour(page, "light")
        page.set_viewport_size({"width": NARROW, "height": 844})
        _shoot(page, latest / f"{stem}-narrow.png")
    finally:
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def colour(page: Page, scheme: Literal["light", "dark"]) -> None:
    """The admin looks at the system's colours when a page is opened only; this page has to stay open."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark")


def _shoot(page: Page, place: Path, height: int = 0) -> None:
    """The window is made as high as the page: what sticks to its edges then stays at the edges."""
    width = page.viewport_size["width"] if page.viewport_size else WIDE[0]
    tall = height or min(max(page.evaluate("document.body.scrollHeight"), WIDE[1]), LONGEST)
    page.set_viewport_size({"width": width, "height": tall})
    page.wait_for_timeout(200)
    page.screenshot(path=place, animations="disabled")
    page.set_viewport_size({"width": width, "height": WIDE[1]})
