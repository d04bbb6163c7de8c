"""Mail rules in the admin: where a rule comes from, what is said about it, and in which order it is tried."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import MailState, RunKind
from integrations.ingest.console_side import store_companies, store_computers
from integrations.models import Console, Mail, MailRule, RawDelivery, Run
from integrations.records import CompanyRecord, ComputerRecord
from tests.integrations.admin.made import SECRET, make_console, make_event, make_staff
from tests.integrations.admin.made_mails import make_mail, make_mail_rule, make_mailbox

pytestmark = pytest.mark.django_db

ADD, LIST, TRY = (f"admin:integrations_mailrule_{name}" for name in ("add", "changelist", "try"))


def typed(mailbox: Console, **more: Any) -> dict[str, Any]:
    return {
        "console": mailbox.pk,
        "name": "Backup failed",
        "enabled": "on",
        "sender": "vendor.example",
        "subject": r"Backup failed: (?P<computer>\S+)",
        "event_type": "backup.failed",
        "severity": "high",
        "state": "open",
        **more,
    }


def page(browser: Client, name: str, *args: object, **query: Any) -> str:
    response = browser.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# ---- where a rule comes from ----------------------------------------------------------------


def test_a_rule_is_saved_behind_the_others(browser: Client) -> None:
    mailbox = make_mailbox()
    make_mail_rule(mailbox, position=4)
    browser.post(reverse(ADD), typed(mailbox))
    assert MailRule.objects.get(name="Backup failed").position == 5


def test_a_vendors_preset_fills_the_form_and_says_that_it_is_guessed(browser: Client) -> None:
    make_mailbox()
    console = make_console(kind="ninjaone")
    text = page(browser, ADD, preset="ninjaone.condition")
    assert 'value="ninjarmm.com"' in text
    assert "This preset is guessed" in text
    assert f'<option value="{console.pk}" selected>' in text
    assert "This preset is guessed" not in page(browser, ADD, preset="tactical_rmm.check")


def test_a_preset_that_there_is_not_fills_nothing(browser: Client) -> None:
    for value in ("fax.page", "ninjaone.nothing", "ninjaone", ".", "x" * 500):
        assert "This preset is guessed" not in page(browser, ADD, preset=value)


def test_a_mail_fills_sender_and_subject_literally(browser: Client) -> None:
    mail = make_mail(subject="[Disk] C: is full (95 %)?", sender="nas@vendor.example")
    response = browser.post(reverse("admin:integrations_mail_make_rule", args=[mail.pk]))
    text = browser.get(response.url).content.decode()
    assert 'value="nas@vendor.example"' in text
    assert r"^\[Disk\] C: is full \(95 %\)\?$" in text
    assert f'<option value="{mail.console_id}" selected>' in text


def test_the_names_of_parts_are_readable_in_the_help(browser: Client) -> None:
    make_mailbox()
    assert "(?P&lt;computer&gt;…)" in page(browser, ADD)


# ---- what is said about it ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"subject": "(("}, "This is no regular expression: missing ) at character 3."),
        ({"body": "(?P<host>.)"}, "There is no part called host"),
        ({"sender": ""}, "This field is required."),
        ({"sender": "a b"}, "One address or one domain"),
        ({"event_type": "x"}, "Select a valid choice"),
        ({"state": "by_pattern"}, "Say by which pattern a resolved mail is known."),
        ({"series": "{nothing}"}, "is not known; there are"),
        ({"subject": "x" * 2000}, "at most 1000 characters"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_typed(
    browser: Client, more: dict[str, str], problem: str
) -> None:
    response = browser.post(reverse(ADD), typed(make_mailbox(), **more))
    assert response.status_code == 200
    assert problem in response.content.decode().replace("&#x27;", "'")
    assert not MailRule.objects.exists()


def test_a_pattern_over_two_lines_looks_for_no_carriage_return(browser: Client) -> None:
    browser.post(reverse(ADD), typed(make_mailbox(), body="Computer\r\nPlan\r\n"))
    assert MailRule.objects.get().body == "Computer\nPlan"


def test_only_mailboxes_have_rules_and_only_other_consoles_are_spoken_for(browser: Client) -> None:
    mailbox, console = make_mailbox(), make_console()
    browser.post(reverse(ADD), typed(console, speaks_for=mailbox.pk))
    assert not MailRule.objects.exists()
    browser.post(reverse(ADD), typed(mailbox, speaks_for=console.pk))
    assert MailRule.objects.get().target == console


def test_a_console_that_tells_its_events_itself_is_warned_of(browser: Client) -> None:
    mailbox, console = make_mailbox(), make_console(name="Backups", kind="msp360")
    response = browser.post(reverse(ADD), typed(mailbox, speaks_for=console.pk), follow=True)
    assert "Backups delivers events itself" in response.content.decode()
    rule = MailRule.objects.get()
    assert "Backups delivers events itself" in page(browser, "admin:integrations_mailrule_change", rule.pk)


def test_a_pushed_console_is_warned_of_only_if_events_came_by_no_mail(browser: Client) -> None:
    push = make_console(kind="push", name="Pushed")
    rule = make_mail_rule(speaks_for=push)
    where = ("admin:integrations_mailrule_change", rule.pk)
    make_mail(rule, event=make_event(push))
    assert "delivers events itself" not in page(browser, *where)
    make_event(push)
    assert "delivers events itself" in page(browser, *where)


# ---- order ----------------------------------------------------------------------------------


def names(mailbox: Console) -> list[str]:
    return list(mailbox.mail_rules.order_by("position", "pk").values_list("name", flat=True))


def test_rules_move_up_and_down_within_their_mailbox(browser: Client) -> None:
    mailbox, other = make_mailbox(), make_mail_rule(name="other")
    rules = [make_mail_rule(mailbox, name=name) for name in "abc"]
    browser.post(reverse("admin:integrations_mailrule_move_up", args=[rules[2].pk]))
    assert names(mailbox) == ["a", "c", "b"]
    browser.post(reverse("admin:integrations_mailrule_move_down", args=[rules[0].pk]))
    assert names(mailbox) == ["c", "a", "b"]
    response = browser.post(reverse("admin:integrations_mailrule_move_up", args=[rules[2].pk]), follow=True)
    assert "is the first rule" in response.content.decode()
    other.refresh_from_db()
    assert other.position == 0


def test_looking_moves_nothing(browser: Client) -> None:
    mailbox = make_mailbox()
    rules = [make_mail_rule(mailbox, name=name) for name in "ab"]
    browser.get(reverse("admin:integrations_mailrule_move_up", args=[rules[1].pk]))
    assert names(mailbox) == ["a", "b"]


# ---- trying ---------------------------------------------------------------------------------


def test_each_rule_says_its_word_on_a_stored_mail(browser: Client) -> None:
    console = make_console(name="Backups")
    store_companies(console, [CompanyRecord("c1", "Baker")])
    store_computers(console, [ComputerRecord("pc1", "PC-01", company_external_id="c1")])
    mailbox = make_mailbox()
    make_mail_rule(mailbox, name="Off", enabled=False, position=1)
    make_mail_rule(mailbox, name="Others", sender="other.example", position=2)
    make_mail_rule(mailbox, name="Winner", speaks_for=console, position=3)
    make_mail_rule(mailbox, name="Later", position=4)
    mail = make_mail(console=mailbox, subject="Backup failed: PC-01")
    text = page(browser, TRY, console=mailbox.pk, mail=mail.pk)

    for word in (
        "It is switched off.",
        "The sender is alerts@vendor.example, the rule is for other.example.",
        "It fits all of the rule.",
        "It would take the mail as well; the one above is tried earlier.",
        "backup.failed||pc-01",
    ):
        assert word in text
    assert 'hb-badge--warn" title="">Open</span>' in text, "as on the page of an event"
    assert text.count("Takes it") == 1
    assert "Found" in text


def test_a_pasted_mail_is_tried_and_kept_nowhere(browser: Client) -> None:
    rule = make_mail_rule()
    data = {
        "console": rule.console_id,
        "pasted": "\n\nFrom: a@vendor.example\nSubject: Backup failed: <b>PC</b>\n\nHello",
    }
    text = browser.post(reverse(TRY), data).content.decode()
    assert "Takes it" in text
    assert "<b>PC</b>" not in text
    assert (Mail.objects.count(), RawDelivery.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "query", [{}, {"mail": "x"}, {"mail": "9" * 30}, {"console": "-1"}, {"console": "²", "mail": "²"}]
)
def test_an_address_that_makes_no_sense_opens_all_the_same(browser: Client, query: dict[str, str]) -> None:
    assert "Try rules" in page(browser, TRY, **query)
    make_mail()
    assert "Try rules" in page(browser, TRY, **query)


def test_a_mail_that_no_rule_takes_is_told(browser: Client) -> None:
    mail = make_mail()
    assert "No rule takes this mail" in page(browser, TRY, console=mail.console_id, mail=mail.pk)


def test_who_may_not_see_mails_may_not_try(client: Client) -> None:
    make_mail()
    client.force_login(make_staff("helper", "integrations.view_mailrule"))
    assert client.get(reverse(TRY)).status_code == 403


# ---- mails ----------------------------------------------------------------------------------


def test_the_list_says_what_became_of_each_mail(browser: Client) -> None:
    rule = make_mail_rule(name="Backups")
    event = make_event(rule.console)
    make_mail(rule, event=event, subject="Taken")
    make_mail(console=rule.console, subject="Left over")
    text = page(browser, "admin:integrations_mail_changelist")
    assert "Made an event" in text
    assert "by the rule “Backups”" in text
    assert reverse("admin:integrations_event_change", args=[event.pk]) in text
    assert "No rule takes it" in text
    left = page(browser, "admin:integrations_mail_changelist", state__exact=MailState.UNTAKEN)
    assert "Left over" in left and "Taken" not in left.replace("No rule takes it", "")


def test_a_mail_is_shown_as_text_only(browser: Client) -> None:
    mail = make_mail(text="<script>alert(1)</script> & more")
    text = page(browser, "admin:integrations_mail_change", mail.pk)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text
    assert "<script>alert(1)" not in text


def test_reading_again_asks_for_the_run_that_judges(browser: Client) -> None:
    mail = make_mail()
    browser.post(reverse("admin:integrations_mail_read_again", args=[mail.pk]))
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING
    assert mail.delivery.processed_at is None
    assert Run.objects.get(kind=RunKind.DELIVERIES).console == mail.console


def test_the_mailbox_shows_how_many_mails_no_rule_takes(browser: Client) -> None:
    mail = make_mail()
    text = page(browser, "admin:integrations_console_change", mail.console_id)
    assert "no rule takes" in text
    assert SECRET not in text


def test_a_mailbox_is_added_with_its_server_and_one_way_to_log_in(browser: Client) -> None:
    where = f"{reverse('admin:integrations_console_add')}?kind=email"
    data = {
        "name": "Alerts",
        "base_url": "mail.vendor.example",
        "credential_user": "alerts@vendor.example",
        "time_zone": "UTC",
        "enabled": "on",
    }
    text = browser.post(where, data).content.decode()
    assert "Give a password, or the four OAuth 2.0 fields." in text
    text = browser.post(where, {**data, "base_url": "", "credential_password": SECRET}).content.decode()
    assert "This field is required." in text
    text = browser.post(where, {**data, "base_url": "https://x.example"}).content.decode()
    assert "must begin with imaps://" in text.replace("&#x27;", "'")
    browser.post(where, {**data, "credential_password": SECRET})
    assert Console.objects.get().base_url == "imaps://mail.vendor.example"
