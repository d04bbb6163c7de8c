"""Messages as their receivers get them, over real HTTP; addresses stay secret and are allowed first."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from halobridge.alarms import AlarmWatch
from halobridge.alarms.post import send_test
from integrations.choices import ChannelKind
from integrations.management.reporting import execute_here
from integrations.models import AlarmChannel
from integrations.runs.request import request_alarm_test
from tests.halobridge.alarms.world import FAILURE, a_round, make_channel, queue_at_work, states
from tests.integrations.net.server import LocalServer, json_answer, serve

pytestmark = pytest.mark.django_db
KEY = "s3cr3t-part-of-the-address"


@pytest.fixture
def receiver() -> Iterator[LocalServer]:
    with serve(json_answer("ok")) as running:
        yield running


def bodies(receiver: LocalServer) -> list[Any]:
    return [json.loads(seen.body) for seen in receiver.requests]


# ---- shapes ----------------------------------------------------------------------------------


@override_settings(CSRF_TRUSTED_ORIGINS=["https://bridge.example"])
def test_a_webhook_gets_what_began_and_that_it_is_over(receiver: LocalServer) -> None:
    make_channel(ChannelKind.WEBHOOK, address=f"{receiver.url}/in/{KEY}/?code={KEY}")
    a_round(FAILURE)
    a_round()
    began, over = bodies(receiver)
    assert (began["state"], began["kind"], began["ended_at"]) == ("began", "connection", None)
    assert (began["title"], began["text"]) == (FAILURE.title, FAILURE.text)
    assert began["link"] == "https://bridge.example/admin/x/"
    assert over["state"] == "over"
    assert over["began_at"] == began["began_at"] < over["ended_at"]
    assert receiver.requests[0].path == f"/in/{KEY}/?code={KEY}"


def test_slack_gets_a_text_in_which_nothing_of_a_vendor_becomes_a_mention(receiver: LocalServer) -> None:
    make_channel(ChannelKind.SLACK, address=f"{receiver.url}/services/{KEY}")
    a_round(type(FAILURE)(FAILURE.kind, "k", "Down & out", "<!channel> look"))
    (body,) = bodies(receiver)
    assert body["text"].startswith("*Down &amp; out*\n&lt;!channel&gt; look\nSince ")


@override_settings(CSRF_TRUSTED_ORIGINS=["https://bridge.example"])
def test_teams_gets_an_adaptive_card(receiver: LocalServer) -> None:
    make_channel(ChannelKind.TEAMS, address=f"{receiver.url}/workflows/{KEY}")
    a_round(FAILURE)
    (body,) = bodies(receiver)
    (attachment,) = body["attachments"]
    card = attachment["content"]
    assert (body["type"], card["type"]) == ("message", "AdaptiveCard")
    assert [block["text"] for block in card["body"]][:2] == [FAILURE.title, FAILURE.text]
    assert card["actions"][0]["url"] == "https://bridge.example/admin/x/"


# ---- what goes wrong -------------------------------------------------------------------------


def test_a_refusal_is_told_on_the_channel_without_its_address() -> None:
    with serve(json_answer(f'"no service at /services/{KEY}"', status=404)) as refusing:
        channel = make_channel(ChannelKind.SLACK, address=f"{refusing.url}/services/{KEY}")
        a_round(FAILURE)
    channel.refresh_from_db()
    assert channel.problem
    assert KEY not in channel.problem
    assert channel.sent_at is None


@override_settings(HALOBRIDGE_ALLOW_PRIVATE_HOSTS=[])
def test_an_address_that_nobody_has_allowed_is_not_called(receiver: LocalServer) -> None:
    channel = make_channel(ChannelKind.SLACK, address=f"{receiver.url}/services/{KEY}")
    assert "HALOBRIDGE_ALLOW_PRIVATE_HOSTS" in send_test(channel)
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"kind": "slack"}, "address", "which address"),
        ({"kind": "slack", "address": "ftp://x.example"}, "address", "not a valid address"),
        ({"kind": "slack", "address": "https://10.0.0.7/hook"}, "address", "HALOBRIDGE_ALLOW_PRIVATE_HOSTS"),
        ({"kind": "slack", "address": "http://hooks.example/x"}, "address", "HALOBRIDGE_ALLOW_PRIVATE_HOSTS"),
        ({"kind": "slack", "address": "https://a:b@hooks.example/x"}, "address", "user name"),
        ({"kind": "mail"}, "recipients", "who gets"),
        (
            {"kind": "mail", "recipients": "a@example.com, nobody"},
            "recipients",
            "“nobody” is no mail address",
        ),
        ({"kind": "mail", "recipients": "a@example.com"}, "recipients", "HALOBRIDGE_MAIL_URL"),
    ],
)
@override_settings(HALOBRIDGE_ALLOW_PRIVATE_HOSTS=[])
def test_a_bad_channel_is_refused_in_a_sentence(values: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        AlarmChannel(name="x", **values).clean()
    assert words in refused.value.message_dict[field][0]


@pytest.mark.parametrize(
    ("raised", "state"),
    [
        (smtplib.SMTPServerDisconnected("closed"), "lost"),
        (smtplib.SMTPDataError(550, b"spam"), "waiting"),
        (smtplib.SMTPRecipientsRefused({}), "waiting"),
        (ConnectionRefusedError(111, "Connection refused"), "waiting"),
    ],
)
def test_a_mail_server_that_fails(monkeypatch: pytest.MonkeyPatch, raised: Exception, state: str) -> None:
    def fail(*_: object) -> int:
        raise raised

    monkeypatch.setattr(EmailMessage, "send", fail)
    make_channel()
    a_round(FAILURE)
    assert states() == [(False, state)]


def test_the_address_is_encrypted_in_the_database() -> None:
    make_channel(ChannelKind.SLACK, address=f"https://hooks.example/{KEY}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM integrations_alarmchannel")
        assert KEY not in str(cursor.fetchone())


# ---- the test of a channel -------------------------------------------------------------------


def test_a_test_is_a_run_that_tells_what_became_of_it(receiver: LocalServer) -> None:
    channel = make_channel(ChannelKind.WEBHOOK, address=f"{receiver.url}/{KEY}")
    assert execute_here(request_alarm_test(channel)).state == "succeeded"
    assert bodies(receiver)[0]["state"] == "test"
    AlarmChannel.objects.update(address="http://127.0.0.1:9/x")
    run = execute_here(request_alarm_test(channel))
    assert (run.state, bool(run.error)) == ("failed", True)


def test_a_test_by_mail_needs_no_alarm() -> None:
    assert send_test(make_channel()) == ""
    assert mail.outbox[0].subject == "HaloBridge: A test message."


# ---- the heartbeat ---------------------------------------------------------------------------


def test_a_heartbeat_is_called_while_the_queue_is_at_work(receiver: LocalServer) -> None:
    make_channel(ChannelKind.HEARTBEAT, address=f"{receiver.url}/ping/{KEY}")
    queue_at_work()
    for _ in range(3):  # three watchers
        AlarmWatch().look()
    assert [(seen.method, seen.path) for seen in receiver.requests] == [("GET", f"/ping/{KEY}")]
    later = timezone.now() - timedelta(minutes=5)
    AlarmChannel.objects.update(tried_at=later)
    AlarmWatch().look()
    assert len(receiver.requests) == 2


def test_a_heartbeat_stays_out_when_the_queue_has_stopped(receiver: LocalServer) -> None:
    make_channel(ChannelKind.HEARTBEAT, address=f"{receiver.url}/ping/{KEY}")
    queue_at_work(timedelta(minutes=5))
    AlarmWatch().look()
    assert receiver.requests == []


def test_nothing_that_goes_wrong_here_ends_the_watcher(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("halobridge.alarms.watch.all_failures", fail)
    AlarmWatch().look()
    assert "Alarms could not be looked at" in caplog.text
