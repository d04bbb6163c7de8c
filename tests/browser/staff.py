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

    def sign_in(self, name: str, password: str) -> None:
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()

    # ---- finding one's way --------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.locator("#main")

    def open(self, entry: str) -> None:
        """An entry of the navigation."""
        words = self.page.get_by_text(entry, exact=True)
        self.page.locator("#nav-sidebar a").filter(has=words).first.click()

    def follow(self, link: str) -> None:
        self.main.get_by_role("link", name=link).first.click()

    def press(self, button: str) -> None:
        self.main.get_by_role("button", name=button).first.click()

    def row(self, *texts: str) -> Locator:
        """The row of a table that holds all these texts."""
        rows = self.main.locator("tbody tr")
        for text in texts:
            rows = rows.filter(has_text=text)
        return rows

    # ---- the checklist --------------------------------------------------------------------------

    def step(self, title: str) -> Locator:
        return self.main.locator(".hb-steps > li").filter(has_text=title).first

    def waits_for_step(self, title: str, told: str, patience: int = 60) -> None:
        """Reload the overview, as a person would, until the checklist says so."""
        for _ in range(patience):
            if told in self.step(title).inner_text():
                return
            self.page.wait_for_timeout(1000)
            self.page.reload()
        expect(self.step(title)).to_contain_text(told)

    def take_step(self, title: str, button: str) -> None:
        """Go on from the overview."""
        self.open("Overview")
        self.step(title).get_by_role("link", name=button, exact=True).click()

    # ---- what is seen ---------------------------------------------------------------------------

    def sees(
        self, text: str | re.Pattern[str], *, anywhere: bool = False, patience: float | None = None
    ) -> None:
        place = self.page if anywhere else self.main
        expect(place.get_by_text(text).first).to_be_visible(timeout=patience)

    def figure(self, name: str) -> str:
        """The number above a name."""
        figure = self.main.locator(".hb-figure").filter(has=self.page.get_by_text(name, exact=True))
        return figure.first.locator("b").inner_text()

    def waits_for_run(self, verdict: str = "Done.") -> None:
        """Stay on a run's page until it has moved on to its end by itself."""
        expect(self.main.locator("#hb-run").get_by_role("status")).to_have_text(verdict, timeout=RUN)

    # ---- forms ----------------------------------------------------------------------------------

    def fill(self, label: str, text: str) -> None:
        self.main.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")).first.fill(text)

    def tick(self, label: str) -> None:
        self.main.get_by_label(label, exact=True).first.check()

    def searched_select(self, label: str) -> Locator:
        """What is seen of a searched select."""
        named = self.main.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$"))
        select = named.and_(self.page.locator("select")).first
        return select.locator("xpath=following-sibling::span[contains(@class, 'select2')][1]")

    def sees_chosen(self, label: str, text: str) -> None:
        expect(self.searched_select(label)).to_have_text(text)

    def choose(self, label: str, text: str) -> None:
        """Open a searched select, type, and take the choice of that name."""
        self.searched_select(label).click()
        self.page.locator("input.select2-search__field").last.fill(text)
        self.page.get_by_role("option", name=text, exact=True).first.click()
