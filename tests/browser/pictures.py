"""Pictures of pages: light, dark and narrow, in a folder that git ignores, and those of the README."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.browser.chromium import WIDE

FOLDER = Path(__file__).parent / "screenshots"
NARROW = 390
LONGEST = 2400
"""Pixels: a list of hundreds of rows needs no picture of all of them."""


@dataclass
class Pictures:
    """`HALOBRIDGE_SCREENSHOTS=1` fills `latest/`; `readme` renews the pictures of the README as well."""

    wanted: str = os.environ.get("HALOBRIDGE_SCREENSHOTS", "")
    count: int = 0

    def take(self, page: Page, name: str, *, readme: int = 0) -> None:
        """`readme`: height in pixels of the picture that the README shows; 0 where it shows none."""
        self.count += 1
        if not self.wanted:
            return
        page.wait_for_load_state()
        (FOLDER / "latest").mkdir(parents=True, exist_ok=True)
        stem = f"{self.count:02d}-{name}"
        try:
            self._shoot(page, FOLDER / "latest" / f"{stem}-light.png")
            if readme and self.wanted == "readme":
                self._shoot(page, FOLDER / f"{name}.png", height=readme)
            self._colour(page, "dark")
            self._shoot(page, FOLDER / "latest" / f"{stem}-dark.png")
            self._colour(page, "light")
            page.set_viewport_size({"width": NARROW, "height": 844})
            self._shoot(page, FOLDER / "latest" / f"{stem}-narrow.png")
        finally:
            page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    @staticmethod
    def _colour(page: Page, scheme: Literal["light", "dark"]) -> None:
        """The admin looks at the system's colours when a page is opened only; this page has to stay open."""
        page.emulate_media(color_scheme=scheme)
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark")

    @staticmethod
    def _shoot(page: Page, place: Path, height: int = 0) -> None:
        """The window is made as high as the page: what sticks to its edges then stays at the edges."""
        width = page.viewport_size["width"] if page.viewport_size else WIDE[0]
        tall = height or min(max(page.evaluate("document.body.scrollHeight"), WIDE[1]), LONGEST)
        page.set_viewport_size({"width": width, "height": tall})
        page.wait_for_timeout(200)
        page.screenshot(path=place, animations="disabled")
        page.set_viewport_size({"width": width, "height": WIDE[1]})
