"""From an installation that knows nothing to the first ticket, by the checklist and in the browser alone.

Types and export are steps of the README's tour, whose test goes on from here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from halobridge import sandboxed
from integrations.sandbox.server import Ports, Sandbox
from tests.browser.chromium import Watch
from tests.browser.test_tour import Tour
from tests.installation import PASSWORD, Installation
from tests.run import chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Nothing is connected; HaloPSA and the console run beside it, as they would elsewhere."""
    if chromium() is None:
        pytest.skip("No Chromium was found: install Debian's package or set HALOBRIDGE_CHROMIUM.")
    with Installation(tmp_path_factory.mktemp("empty"), HALOBRIDGE_SANDBOX="0") as installation:
        first = installation.sandbox_port
        with Sandbox.start(installation.folder / "sandbox", ports=Ports(first, first + 1, first + 2)):
            installation.serve()
            yield installation


class FromEmpty(Tour):
    """What comes before the README's tour, whose installation is connected already."""

    def shoot(self, name: str, page: Page | None = None, *, readme: int = 0) -> None:
        """The pictures of the README are those of its own tour."""
        super().shoot(f"empty-{name}", page)

    def sign_in(self) -> None:
        self.page.goto(f"{self.bridge.url}/admin/")
        self.staff.sign_in("admin", PASSWORD)
        expect(self.staff.step("Map companies")).to_contain_text("Blocked: HaloPSA and a console must be")
        self.shoot("overview-empty")

    def connect_halo(self) -> None:
        self.staff.take_step("Connect HaloPSA", "Connect HaloPSA")
        self.staff.fill("Name", sandboxed.NAME)
        self.staff.fill("Resource server", f"{self.bridge.halo_page}/api")
        self.staff.fill("Authorisation server", f"{self.bridge.halo_page}/auth")
        self.staff.fill("Tenant", "sandbox")
        self.staff.fill("Client ID", sandboxed.CLIENT_ID)
        self.staff.fill("Client secret", sandboxed.CLIENT_SECRET)
        self.shoot("connect-halo")
        self.staff.press("Save")
        self.shoot("halo-connected")
        self.staff.open("Overview")
        self.staff.waits_for_step("Connect HaloPSA", "1 connected.")

    def connect_console(self) -> None:
        first = self.bridge.sandbox_port
        self.staff.take_step("Connect a console", "Connect a console")
        self.shoot("choose-console")
        self.staff.follow("MSP360")
        self.staff.fill("Name", sandboxed.NAME)
        self.staff.fill("Address", f"http://127.0.0.1:{first + 1}")
        self.staff.fill("API login", sandboxed.MSP360["login"])
        self.staff.fill("API password", sandboxed.MSP360["password"])
        self.staff.fill("RMM API token", sandboxed.MSP360["rmm_token"])
        self.staff.fill("RMM API address", f"http://127.0.0.1:{first + 2}")
        self.shoot("connect-console")
        self.staff.press("Save")
        self.staff.open("Overview")
        self.staff.waits_for_step("Connect a console", "1 connected.")

    def switch_to_write(self) -> None:
        """A new credential only observes."""
        self.staff.open("HaloPSA credentials")
        self.staff.follow(sandboxed.NAME)
        self.staff.follow("Switch to write")
        self.staff.sees("baseline")
        self.shoot("switch-to-write")
        self.staff.press("Switch to write")
        self.staff.open("Overview")
        self.staff.waits_for_step("Map companies", "20 with a suggestion")


def test_a_newcomer_comes_from_nothing_to_the_first_ticket(
    bridge: Installation, browser: BrowserContext, watch: Watch
) -> None:
    tour = FromEmpty(bridge, browser)
    tour.sign_in()
    tour.connect_halo()
    tour.connect_console()
    tour.switch_to_write()
    tour.map_companies()
    tour.make_event_set()
    tour.make_profile()
    tour.switch_tickets_on()
    tour.happens("fail")
    tour.ticket_appears()
    assert watch.complaints == []
