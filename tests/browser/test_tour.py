"""The README's tour as one test: a newcomer, a browser, clicks only, from signing in to a closed ticket.

`HALOBRIDGE_SCREENSHOTS=1` leaves pictures of every page behind, `readme` renews those of the README as well.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.chromium import Watch
from tests.browser.pictures import take
from tests.browser.staff import Staff
from tests.installation import PASSWORD, ROOT, Installation

pytestmark = pytest.mark.browser

WORKSTATIONS = {"Desktop", "File Backup", "RMM agent only"}


def commands_of_the_readme() -> dict[str, list[str]]:
    """What the README tells to type in a second terminal, by its event: `fail` and `succeed`."""
    lines = re.findall(
        r"^ *\.venv/bin/python manage\.py (sandbox_event .+)$", (ROOT / "README.md").read_text(), re.M
    )
    return {words[1]: words[1:] for words in map(shlex.split, lines)}


class Tour:
    """The steps of the README in their order. Each ends with what the newcomer sees."""

    def __init__(self, bridge: Installation, context: BrowserContext) -> None:
        self.bridge = bridge
        self.page = context.new_page()
        self.context = context
        self.staff = Staff(self.page)
        self.taken = 0
        self.commands = commands_of_the_readme()
        self.computer = self.commands["fail"][-1]

    def shoot(self, name: str, page: Page | None = None, *, readme: int = 0) -> None:
        self.taken += 1
        take(page or self.page, name, place=self.taken, readme=readme)

    @contextmanager
    def look_at_halo(self) -> Iterator[Page]:
        """The sandbox's page in a second tab, which is closed again: Chromium slows down what lies behind."""
        page = self.context.new_page()
        page.goto(self.bridge.halo_page)
        yield page
        page.close()
        self.page.bring_to_front()

    # ---- steps ----------------------------------------------------------------------------------

    def sign_in(self) -> None:
        self.page.goto(f"{self.bridge.url}/admin/")
        self.shoot("sign-in")
        self.staff.sign_in("admin", PASSWORD)
        self.staff.waits_for_step("Map companies", "20 with a suggestion")
        self.shoot("overview", readme=760)

    def map_companies(self) -> None:
        self.staff.take_step("Map companies", "Company mapping")
        self.staff.sees("exactly one client of the same name")
        self.shoot("company-mapping", readme=720)
        self.staff.press("Accept all 17 exact suggestions")
        self.staff.sees("17 companies are mapped.", anywhere=True)
        self.shoot("company-mapping-accepted")

    def choose_asset_types(self) -> None:
        self.staff.take_step("Choose default asset types", "Default asset types")
        rows = self.page.locator("#main tbody th")
        expect(rows).to_have_count(8)
        products = rows.all_inner_texts()
        for product in products:
            self.staff.choose(
                f"Asset type for {product}", "Workstation" if product in WORKSTATIONS else "Server"
            )
        self.shoot("asset-types")
        self.staff.press("Save")
        self.staff.sees("8 default asset types changed.", anywhere=True)

    def export(self) -> None:
        self.staff.take_step("Export computers", "Export computers")
        self.staff.sees("nothing is written before you apply it")
        self.shoot("export")
        self.staff.press("Show the preview")
        self.staff.sees("ticked in all", patience=60_000)
        creates = int(self.staff.figure("Create"))
        with self.look_at_halo() as halo:
            before = self.assets_in(halo)
        assert creates > 100
        self.shoot("preview", readme=640)
        self.staff.press("Apply the ticked changes")
        self.staff.sees("Asset export")
        self.shoot("run-at-work")
        self.staff.waits_for_run()
        assert int(self.staff.figure("created")) == creates
        self.shoot("run-ended")
        with self.look_at_halo() as halo:
            assert self.assets_in(halo) == before + creates
            self.shoot("sandbox-assets", halo)

    @staticmethod
    def assets_in(halo: Page) -> int:
        counts = halo.locator(".counts").inner_text()
        return int(re.findall(r"(\d+) assets", counts)[0])

    def make_event_set(self) -> None:
        self.staff.take_step("Make an event set and a profile", "Make an event set")
        self.staff.fill("Name", "Backup problems")
        self.staff.tick("All of Backup")
        self.page.get_by_label(re.compile("^Name")).scroll_into_view_if_needed()
        self.shoot("event-set")
        self.saves_the_default("event set")

    def make_profile(self) -> None:
        self.staff.take_step("Make an event set and a profile", "Make a profile")
        self.staff.fill("Name", "Backup tickets")
        self.staff.sees_chosen("Ticket type", "Alert")
        self.staff.choose("Status for creation", "New")
        self.staff.choose("Status for close", "Closed")
        self.staff.choose("SLA", "Standard SLA")
        self.staff.choose("Priority", "High (Standard SLA)")
        self.staff.choose("Team", "Backup & Recovery")
        self.shoot("profile")
        self.saves_the_default("profile")

    def saves_the_default(self, what: str) -> None:
        """The first of its kind is the default, and says so."""
        self.staff.press("Save and continue editing")
        self.staff.sees(re.compile(f"is the default {what}.*, as it is the first one"), anywhere=True)
        self.shoot(f"{what.replace(' ', '-')}-default")

    def switch_tickets_on(self) -> None:
        self.staff.take_step("Switch tickets on", "Company mapping")
        self.staff.tick("Tick all companies of this page")
        self.page.get_by_label("Ticked companies:").select_option("Create tickets: on")
        self.shoot("tickets-switch")
        self.staff.press("Go")
        self.staff.sees("Create tickets is on for 17 companies.", anywhere=True)
        self.shoot("tickets-on")
        self.staff.open("Overview")
        self.staff.sees("Needs attention")
        self.shoot("overview-set-up")

    def happens(self, event: str) -> None:
        """What the README tells to type in a second terminal, then the console's own button."""
        assert self.computer in self.bridge.sandbox_event(*self.commands[event])
        self.staff.open("Consoles")
        self.staff.follow("Sandbox")
        self.staff.sees("What it told so far")
        self.shoot(f"console-{event}")
        self.staff.press("Fetch events now")
        self.staff.waits_for_run()
        self.shoot(f"events-{event}")

    def ticket_appears(self) -> None:
        ticket = self.ticket_row("Open")
        self.shoot("tickets-open", readme=420)
        self.follow_to_halo(ticket, "open", "New")

    def ticket_closes(self) -> None:
        ticket = self.ticket_row("Closed")
        self.shoot("tickets-closed")
        self.follow_to_halo(ticket, "closed", "Closed", readme=940)
        ticket.get_by_role("link", name=self.computer).first.click()
        self.staff.sees("Written to HaloPSA")
        self.shoot("ticket")

    def ticket_row(self, state: str) -> Locator:
        """The one ticket about the computer, as soon as the list shows it in that state."""
        badge = self.page.locator(".hb-badge").get_by_text(state, exact=True)
        for _ in range(30):
            self.staff.open("Tickets")
            row = self.staff.row(self.computer).filter(has=badge)
            if row.count():
                break
            self.page.wait_for_timeout(1000)
        expect(self.staff.row(self.computer)).to_have_count(1)
        expect(row).to_be_visible()
        return row

    def follow_to_halo(self, ticket: Locator, state: str, status: str, readme: int = 0) -> None:
        """The ticket's link leads to it on the other side, where it is the only one."""
        link = ticket.get_by_role("link", name=re.compile(r"^\d+"))
        number = re.sub(r"\D", "", link.inner_text())
        assert str(link.get_attribute("href")).startswith(self.bridge.halo_page)
        with self.look_at_halo() as halo:
            tickets = halo.locator("article").filter(has_text=self.computer)
            expect(tickets).to_have_count(1)
            expect(tickets.get_by_role("heading")).to_contain_text(f"#{number} ")
            expect(tickets.locator(f".badge.{state}")).to_have_text(status)
            tickets.get_by_role("link", name=f"#{number}").click()
            expect(halo.get_by_role("heading", name=f"Ticket {number}")).to_be_visible()
            self.shoot(f"sandbox-ticket-{state}", halo, readme=readme)


def test_a_newcomer_comes_from_signing_in_to_a_closed_ticket(
    bridge: Installation, browser: BrowserContext, watch: Watch
) -> None:
    tour = Tour(bridge, browser)
    tour.sign_in()
    tour.map_companies()
    tour.choose_asset_types()
    tour.export()
    tour.make_event_set()
    tour.make_profile()
    tour.switch_tickets_on()
    tour.happens("fail")
    tour.ticket_appears()
    tour.happens("succeed")
    tour.ticket_closes()
    assert watch.complaints == []
