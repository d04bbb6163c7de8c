"""Values without a single space, as real data has them: the window keeps its width."""

from __future__ import annotations

import pytest
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Page

from integrations.admin.display import admin_url
from tests.browser.chromium import WIDE
from tests.browser.pictures import look_at
from tests.integrations.admin import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
MAIL = "maintenance.department.of.the.northern.branch@a-long-name-of-a-customer.example"


def make_long_rows() -> list[Model]:
    credential = made.make_credential()
    site = made.make_site(made.make_client(credential))
    console = made.make_console()
    computer = made.make_computer(made.make_company(console), name=f"WORKSTATION-{HASH[:50]}")
    return [
        made.make_intention(credential, cause=HASH),
        made.make_end_user(site, name=MAIL, email=MAIL),
        made.make_event(console, f"Backup of {HASH} failed", external_id=HASH, computer=computer),
        computer,
    ]


def test_values_without_spaces_fit_on_a_phone(page: Page) -> None:
    for row in make_long_rows():
        page.goto(admin_url(row))
        look_at(page, f"long-{row._meta.model_name}")


def test_a_choice_of_rights_fits_on_a_laptop(page: Page) -> None:
    page.goto(reverse("admin:auth_group_add"))
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= WIDE[0], f"The form is {wide} pixels wide"
    look_at(page, "group")
