"""What a member of staff does on the pages: reads labels, clicks, chooses. No address is typed in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

RUN = 90_000
"""Milliseconds after which even a slow machine has ended a run."""


@dataclass
class Staff:
    """One person at one tab."""

    page: Page

    def sign_in(self, address: str, name: str, password: str) -> None:
        self.page.goto(address)
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        self.sees_heading("Set-up")

    # ---- finding one's way --------------------------------------------------------------------

    def open(self, entry: str) -> None:
        """An entry of the navigation."""
        self.page.locator("#nav-sidebar a").filter(has=self.page.get_by_text(entry, exact=True)).click()

    def follow(self, link: str) -> None:
        self.main.get_by_role("link", name=link, exact=True).first.click()

    def press(self, button: str) -> None:
        self.main.get_by_role("button", name=button, exact=True).first.click()

    @property
    def main(self) -> Locator:
        return self.page.locator("#main")

    def row(self, *texts: str) -> Locator:
        """The row of a table (or a line of the checklist) that holds all these texts."""
        rows = self.main.locator("tr, li")
        for text in texts:
            rows = rows.filter(has_text=text)
        return rows

    # ---- what is seen ---------------------------------------------------------------------------

    def sees(self, text: str | re.Pattern[str], *, patience: float | None = None) -> None:
        expect(self.main.get_by_text(text).first).to_be_visible(timeout=patience)

    def sees_heading(self, text: str) -> None:
        expect(self.main.get_by_role("heading", name=text).first).to_be_visible()

    def waits_for_run(self, verdict: str = "Done.") -> None:
        """Stay on a run's page until it has moved on to its end by itself."""
        expect(self.main.locator("#hb-run").get_by_role("status")).to_have_text(verdict, timeout=RUN)

    # ---- forms ----------------------------------------------------------------------------------

    def choose(self, label: str, text: str) -> None:
        """Open a searched select, type, and take the choice of that name."""
        select = self.main.get_by_label(label, exact=True).and_(self.page.locator("select"))
        select.locator("xpath=following-sibling::span[contains(@class, 'select2')][1]").click()
        self.page.locator("input.select2-search__field").last.fill(text)
        self.page.get_by_role("option", name=text, exact=True).first.click()
