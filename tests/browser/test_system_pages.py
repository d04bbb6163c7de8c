"""The pages about accounts, tokens, alarms and the audit log, used as an administrator uses them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from playwright.sync_api import Page, expect

from integrations.choices import Role
from integrations.models import AlarmChannel, ApiToken
from tests.browser.pictures import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_account_gets_its_password_and_its_role_at_once(page: Page) -> None:
    page.goto(reverse("admin:auth_user_add"))
    group = Group.objects.get(name=Role.ENGINEER)
    page.get_by_label("Username").fill("eve")
    page.locator("#id_password1").fill("a long way home 7")
    page.locator("#id_password2").fill("a long way home 7")
    page.get_by_label(group.name).check()
    look_at(page, "account")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/change/**")

    eve = User.objects.get(username="eve")
    assert list(eve.groups.all()) == [group]
    assert eve.is_staff
    assert eve.has_perm("mappings.change_companymapping")
    assert not eve.has_perm("integrations.change_halocredential")


def test_a_token_is_shown_once_and_revoked_after_a_question(page: Page, staff: User) -> None:
    page.goto(reverse("admin:integrations_apitoken_add"))
    page.locator("#id_name").fill("Nightly report")
    page.locator("#id_user").evaluate(
        "(select, pk) => { select.append(new Option('admin', pk, true, true)); }", str(staff.pk)
    )
    page.locator("#id_scope").select_option("read")
    page.get_by_role("button", name="Save", exact=True).click()
    key = page.locator("code.hb-mono").first
    expect(key).to_be_visible()
    secret = (key.text_content() or "").strip()
    look_at(page, "token-shown-once")
    token = ApiToken.objects.get()

    page.goto(reverse("admin:integrations_apitoken_change", args=(token.pk,)))
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_role("link", name="Revoke").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Revoke").click()
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_an_alarm_channel_is_made_and_its_address_is_never_shown_again(page: Page) -> None:
    page.goto(reverse("admin:integrations_alarmchannel_add"))
    page.locator("#id_name").fill("On call")
    page.locator("#id_kind").select_option("teams")
    page.locator("#id_address").fill("https://teams.example.com/hook/secret-part")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()

    channel = AlarmChannel.objects.get()
    assert channel.address == "https://teams.example.com/hook/secret-part"
    page.goto(reverse("admin:integrations_alarmchannel_change", args=(channel.pk,)))
    expect(page.locator("#id_address")).to_have_value("")
    assert "secret-part" not in page.content()


def test_what_somebody_did_is_found_in_the_audit_log(page: Page) -> None:
    page.goto(reverse("admin:integrations_alarmchannel_add"))
    page.locator("#id_name").fill("On call")
    page.locator("#id_kind").select_option("slack")
    page.locator("#id_address").fill("https://hooks.example.com/secret-part")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()

    page.goto(reverse("admin:integrations_auditentry_changelist") + "?q=On call")
    look_at(page, "audit-log")
    row = page.locator("#result_list tbody tr").first
    expect(row).to_contain_text("admin")
    expect(row).to_contain_text("On call")
    row.get_by_role("link").first.click()
    expect(page.get_by_text("••••").first).to_be_visible()
    assert "secret-part" not in page.content()
