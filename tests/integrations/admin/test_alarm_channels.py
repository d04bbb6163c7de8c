"""Alarm channels in the admin and by REST: the address goes in and never comes back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from integrations.choices import RunKind
from integrations.models import Alarm, AlarmChannel, AlarmNotice, Run
from tests.integrations.admin.made import SECRET, make_superuser
from tests.integrations.api.clients import make_token

pytestmark = pytest.mark.django_db
ADDRESS = f"https://hooks.example/services/{SECRET}"
FORM = {"name": "Duty", "kind": "slack", "recipients": "", "heartbeat_minutes": "5", "enabled": "on"}


@pytest.fixture
def caller() -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {make_token(make_superuser())}")
    return client


def make_channel() -> AlarmChannel:
    return AlarmChannel.objects.create(name="Duty", kind="slack", address=ADDRESS)


def test_its_page_shows_no_address_and_an_empty_input_keeps_it(admin_client: Client) -> None:
    channel = make_channel()
    page = reverse("admin:integrations_alarmchannel_change", args=[channel.pk])
    assert SECRET not in admin_client.get(page).content.decode()
    admin_client.post(page, {**FORM, "name": "Night duty", "address": ""})
    channel.refresh_from_db()
    assert (channel.name, channel.address) == ("Night duty", ADDRESS)


def test_a_bad_address_is_told_at_its_field_without_being_repeated(admin_client: Client) -> None:
    page = reverse("admin:integrations_alarmchannel_add")
    text = admin_client.post(page, {**FORM, "address": f"hooks.example/{SECRET}"}).content.decode()
    assert "This is not a valid address" in text
    assert SECRET not in text
    assert not AlarmChannel.objects.exists()


def test_the_button_asks_for_a_test(admin_client: Client) -> None:
    channel = make_channel()
    answer = admin_client.post(reverse("admin:integrations_alarmchannel_send_test", args=[channel.pk]))
    run = Run.objects.get(kind=RunKind.TEST_ALARM)
    assert answer["Location"] == reverse("admin:integrations_run_change", args=[run.pk])
    assert run.parameters == {"channel": channel.pk}


def test_the_list_of_alarms_tells_who_was_told(admin_client: Client) -> None:
    alarm = Alarm.objects.create(kind="queue", key="queue:x", title="It has stopped.")
    AlarmNotice.objects.create(alarm=alarm, channel=make_channel(), state="lost", problem="No answer came.")
    text = admin_client.get(reverse("admin:integrations_alarm_changelist")).content.decode()
    assert "Perhaps sent" in text
    assert "Duty, that it began" in text


def test_rest_takes_an_address_and_tells_only_that_there_is_one(caller: APIClient) -> None:
    made = caller.post(
        "/api/v1/alarm-channels/", {"name": "Duty", "kind": "slack", "address": ADDRESS}, format="json"
    )
    assert made.status_code == 201
    assert made.json()["address_set"] is True
    path = f"/api/v1/alarm-channels/{made.json()['id']}/"
    changed = caller.patch(path, {"name": "Night duty"}, format="json")
    assert changed.status_code == 200
    assert SECRET not in made.content.decode() + changed.content.decode() + caller.get(path).content.decode()
    assert AlarmChannel.objects.get().address == ADDRESS


def test_rest_refuses_a_bad_channel_by_field(caller: APIClient) -> None:
    answer = caller.post(
        "/api/v1/alarm-channels/", {"name": "Duty", "kind": "mail", "recipients": "nobody"}, format="json"
    )
    assert answer.status_code == 400
    assert "“nobody” is no mail address." in answer.content.decode()


def test_rest_answers_a_test_with_its_run(caller: APIClient) -> None:
    answer = caller.post(f"/api/v1/alarm-channels/{make_channel().pk}/test/")
    assert (answer.status_code, answer.json()["kind"]) == (202, "test_alarm")


def test_staff_choose_the_alarms_of_a_channel_and_see_them_in_the_list(admin_client: Client) -> None:
    channel = make_channel()
    page = reverse("admin:integrations_alarmchannel_change", args=[channel.pk])
    admin_client.post(page, {**FORM, "alarms": ["queue", "silence"]})
    channel.refresh_from_db()
    assert channel.alarms == ["queue", "silence"]
    text = admin_client.get(reverse("admin:integrations_alarmchannel_changelist")).content.decode()
    assert "Queue stopped, Console silent for longer than usual" in text


def test_rest_refuses_an_alarm_that_is_none(caller: APIClient) -> None:
    path = f"/api/v1/alarm-channels/{make_channel().pk}/"
    refused = caller.patch(path, {"alarms": ["queue", "fire"]}, format="json")
    assert refused.status_code == 400
    assert "fire" in refused.content.decode()
    assert caller.patch(path, {"alarms": ["queue"]}, format="json").json()["alarms"] == ["queue"]
