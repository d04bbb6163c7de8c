"""Staff look at a mail that no rule takes, make a rule of it, try it, and put rules in order."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.ingest.console_side import store_companies, store_computers
from integrations.ingest.mails import read_some
from integrations.models import Console, MailRule
from integrations.records import CompanyRecord, ComputerRecord
from tests.browser.pictures import look_at
from tests.integrations.ingest.mail_builders import keep_mail, make_mailbox, make_rule

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Computer: PC-01\nPlan: Daily image\nThe destination is full (error 112)."


def make_world() -> Console:
    console = Console.objects.create(name="Tactical RMM", kind="tactical_rmm", state="working")
    store_companies(console, [CompanyRecord("c1", "Baker & Sons Ltd")])
    store_computers(console, [ComputerRecord("pc1", "PC-01", company_external_id="c1")])
    mailbox = make_mailbox(name="Alert mails")
    make_rule(mailbox, name="Backup failed, and succeeded", speaks_for=console, position=1)
    make_rule(
        mailbox,
        name="Agent offline",
        position=2,
        subject="data overdue",
        event_type="device.offline",
        state="open",
        resolved_pattern="",
        authenticated_by="mx.msp.example",
    )
    keep_mail(mailbox, "Backup failed: PC-01", TEXT)
    keep_mail(mailbox, "[Storage 3] Pool degraded on NAS-2", "Pool 1 is degraded.")
    read_some(mailbox)
    return mailbox


def test_from_a_mail_to_a_rule_that_takes_it(page: Page) -> None:
    mailbox = make_world()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(reverse("admin:integrations_mail_changelist"))
    expect(page.get_by_text("No rule takes it").first).to_be_visible()
    look_at(page, "mails")
    page.get_by_role("link", name="[Storage 3] Pool degraded on NAS-2").click()
    expect(page.get_by_text("Pool 1 is degraded.")).to_be_visible()
    look_at(page, "mail")
    page.get_by_role("button", name="Make a rule from this mail").click()
    expect(page.get_by_label("Sender")).to_have_value("alerts@vendor.example")
    expect(page.get_by_label("Subject pattern")).to_have_value(r"^\[Storage 3\] Pool degraded on NAS-2$")
    look_at(page, "mail-rule-add")
    page.get_by_label("Subject pattern").fill(r"^\[Storage \d+\] Pool degraded on (?P<computer>\S+$")
    page.locator("#id_event_type").evaluate("field => field.value = 'device.disk_health'")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This is no regular expression: missing )").first).to_be_visible()
    page.get_by_label("Subject pattern").fill(r"^\[Storage \d+\] Pool degraded on (?P<computer>\S+)$")
    page.get_by_role("button", name="Save", exact=True).click()
    rule = MailRule.objects.get(event_type="device.disk_health")
    assert (rule.console, rule.position) == (mailbox, 3)

    page.goto(reverse("admin:integrations_mailrule_try"))
    expect(page.get_by_text("Takes it")).to_be_visible()
    expect(page.get_by_text("device.disk_health||nas-2")).to_be_visible()
    page.get_by_label("… or paste one").fill(
        f"From: a@vendor.example\nSubject: Backup failed: PC-01\n\n{TEXT}"
    )
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_text("backup.failed||pc-01")).to_be_visible()
    expect(page.get_by_text("Found", exact=True)).to_be_visible()
    look_at(page, "mail-trying")

    page.goto(reverse("admin:integrations_mailrule_changelist"))
    look_at(page, "mail-rules")
    page.get_by_role("button", name="Try “Agent offline” earlier").click()
    order = list(MailRule.objects.order_by("position").values_list("name", flat=True))
    assert order[:2] == ["Agent offline", "Backup failed, and succeeded"]
    page.get_by_role("link", name="Backup failed, and succeeded").click()
    expect(page.get_by_text("delivers events itself")).to_be_visible()
    look_at(page, "mail-rule")
    page.goto(reverse("admin:integrations_console_change", args=[mailbox.pk]))
    expect(page.get_by_role("link", name="1 no rule takes")).to_be_visible()
    look_at(page, "mailbox")
    page.goto(f"{reverse('admin:integrations_mailrule_add')}?preset=tactical_rmm.check")
    expect(page.get_by_label("Series key")).to_have_value("tactical|{company}|{computer}|{series}")
    look_at(page, "mail-rule-preset")
    assert said == []
