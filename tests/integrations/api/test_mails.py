"""Mail rules and mails for programs."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from integrations.choices import RunKind
from integrations.models import Console, MailRule, Run
from tests.integrations.admin.made import make_console, make_superuser
from tests.integrations.admin.made_mails import make_mail, make_mail_rule, make_mailbox

pytestmark = pytest.mark.django_db

RULES = "/api/v1/mail-rules/"


@pytest.fixture
def api() -> APIClient:
    client = APIClient()
    client.force_authenticate(make_superuser())
    return client


def typed(mailbox: Console, **more: Any) -> dict[str, Any]:
    return {
        "console": mailbox.pk,
        "name": "Backup failed",
        "sender": "vendor.example",
        "event_type": "backup.failed",
        **more,
    }


def test_a_rule_is_made_behind_the_others_and_changed(api: APIClient) -> None:
    mailbox = make_mailbox()
    make_mail_rule(mailbox, position=2)
    made = api.post(RULES, typed(mailbox), format="json")
    assert made.status_code == 201, made.json()
    assert (made.json()["position"], made.json()["warning"]) == (3, "")
    where = f"{RULES}{made.json()['id']}/"
    changed = api.patch(where, {"subject": "failed"}, format="json")
    assert changed.json()["subject"] == "failed"
    assert api.delete(where).status_code == 204
    assert MailRule.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field", "problem"),
    [
        ({"subject": "(("}, "subject", "no regular expression"),
        ({"event_type": "x.y"}, "event_type", "There is no event type"),
        ({"sender": "a, b"}, "sender", "One address"),
        ({"state": "by_pattern"}, "resolved_pattern", "Say by which pattern"),
        ({"state": "perhaps"}, "state", "not a valid choice"),
    ],
)
def test_what_is_wrong_is_told_by_field(
    api: APIClient, more: dict[str, str], field: str, problem: str
) -> None:
    answer = api.post(RULES, typed(make_mailbox(), **more), format="json")
    assert answer.status_code == 400
    assert problem in str(answer.json()["errors"][field])


def test_a_change_is_judged_with_what_stays(api: APIClient) -> None:
    rule = make_mail_rule()
    answer = api.patch(f"{RULES}{rule.pk}/", {"state": "by_pattern"}, format="json")
    assert answer.status_code == 400
    assert "resolved_pattern" in answer.json()["errors"]


def test_only_mailboxes_have_rules(api: APIClient) -> None:
    mailbox, console = make_mailbox(), make_console()
    assert api.post(RULES, typed(console), format="json").status_code == 400
    assert api.post(RULES, typed(mailbox, speaks_for=mailbox.pk), format="json").status_code == 400
    answer = api.post(RULES, typed(mailbox, speaks_for=console.pk), format="json")
    assert answer.status_code == 201
    assert "delivers events itself" in answer.json()["warning"]


def test_mails_are_listed_by_what_became_of_them_and_judged_again(api: APIClient) -> None:
    mail, _ = make_mail(), make_mail(make_mail_rule())
    rows = api.get("/api/v1/mails/", {"state": "untaken"}).json()["results"]
    assert [row["id"] for row in rows] == [mail.pk]
    assert rows[0]["reason"]
    answer = api.post(f"/api/v1/mails/{mail.pk}/replay/")
    assert answer.status_code == 202
    assert Run.objects.get(kind=RunKind.DELIVERIES).console == mail.console
    Console.objects.filter(pk=mail.console_id).update(enabled=False)
    assert api.post(f"/api/v1/mails/{mail.pk}/replay/").status_code == 409


def test_a_mailbox_is_made_and_read_by_programs(api: APIClient) -> None:
    data = {
        "name": "Alerts",
        "kind": "email",
        "base_url": "mail.vendor.example",
        "credentials": {"user": "a", "password": "b"},
    }
    made = api.post("/api/v1/consoles/", data, format="json")
    assert made.status_code == 201, made.json()
    assert made.json()["base_url"] == "imaps://mail.vendor.example"
    assert api.post(f"/api/v1/consoles/{made.json()['id']}/events/").status_code == 202
    for wrong in ({"base_url": "https://x.example"}, {"credentials": {"user": "a"}}):
        assert api.post("/api/v1/consoles/", {**data, "name": "B", **wrong}, format="json").status_code == 400
