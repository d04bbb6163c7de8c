"""The payloads: place, parameters of the profile, quiet flags; and what a technician reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.choices import OptionKind
from integrations.models import Computer, HaloAssetType
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.world import START, World, make_option, make_profile, make_site, make_user, route_all
from ticketing import text
from ticketing.models import IntegrationProfile
from ticketing.planning import plan_tickets
from ticketing.wording.values import duration

pytestmark = pytest.mark.django_db

WHOLE_PROFILE: dict[str, Any] = {
    "sla": 1, "priority": 4, "team": 5, "agent": 24, "category": 40, "urgency": 3, "impact": 2,
    "note_action": 70, "closing_action": 71,
}  # fmt: skip


def describe(world: World) -> None:
    Computer.objects.filter(pk=world.computer.pk).update(
        os_name="Windows Server 2022",
        os_version="21H2",
        serial_number="5CG1234XYZ",
        manufacturer="HP",
        model="ProLiant ML30",
        ip_addresses=["10.1.2.3", "fe80::1"],
        last_user="ALD\\anna",
        last_seen=datetime(2026, 11, 20, 5, 58, tzinfo=UTC),
    )
    kind = HaloAssetType.objects.create(halo_credential=world.credential, halo_id=3, name="Server")
    world.map_asset(halo_id=501, asset_type=kind)


def test_the_ticket_has_every_parameter_of_the_profile_and_makes_no_noise() -> None:
    world, halo = World(), FakeHalo()
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(**WHOLE_PROFILE)
    make_option(world.credential, OptionKind.TEAM, 5, name="Monitoring")
    make_option(world.credential, OptionKind.CATEGORY, 40, name="Backup>Failure")
    describe(world)
    world.opened(occurred_at=datetime(2026, 11, 20, 6, 31, 2, tzinfo=UTC))
    run_once(halo, world.instance)
    sent = halo.tickets[4242]
    body = sent.pop("details_html")
    (ticket,) = world.tickets()
    key = world.alert().identity[:16]
    assert body.endswith(f"<p><small>Bridge reference: {ticket.marker}, alert {key}</small></p>")
    assert sent == {
        "summary": "[Backup] ALD-SRV01: File backup failed: Nightly",
        "supplier_reference": world.tickets()[0].marker,
        "tickettype_id": 21,
        "client_id": 12,
        "site_id": 31,
        "user_id": 88,
        "team": "Monitoring",
        "agent_id": 24,
        "status_id": 1,
        "sla_id": 1,
        "priority_id": 4,
        "category_1": "Backup>Failure",
        "impact": 2,
        "urgency": 3,
        "assets": [{"id": 501}],
        "dateoccurred": "2026-11-20T06:31:02.000Z",
        "dont_do_rules": True,
        "donotapplytemplateintheapi": True,
        "sendack": False,
    }


def test_mail_and_rules_of_halo_are_switches_of_the_profile() -> None:
    world, halo = World(), FakeHalo()
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(mail_end_user=True, run_halo_rules=True)
    world.opened()
    run_once(halo, world.instance)
    world.resolved()
    run_once(halo, world.instance)
    sent = halo.tickets[4242]
    assert (sent["sendack"], sent["dont_do_rules"], sent["donotapplytemplateintheapi"]) == (
        True,
        False,
        False,
    )
    (closing,) = halo.actions
    assert (closing["dont_do_rules"], closing["sendemail"], closing["hiddenfromuser"]) == (False, False, True)


def test_notes_are_private_and_closings_take_the_action_of_the_profile() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    run_once(halo, world.instance)
    world.opened()
    run_once(halo, world.instance)
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(**WHOLE_PROFILE)
    world.opened()
    world.resolved()
    run_once(halo, world.instance)
    assert [action["outcome_id"] for action in halo.actions] == [7, 70, 71]
    assert all(action["hiddenfromuser"] and not action["sendemail"] for action in halo.actions)
    assert all(action["dont_do_rules"] for action in halo.actions)
    assert ["Bridge reference: HB-" in action["note_html"] for action in halo.actions] == [True] * 3


def test_the_end_user_of_the_profile_serves_only_the_client_that_it_belongs_to() -> None:
    world, halo = World(), FakeHalo()
    own, foreign = make_user(world.site, halo_id=70), make_user(make_site(World().client), halo_id=71)
    for number, user in enumerate((own, foreign)):
        IntegrationProfile.objects.filter(pk=world.profile.pk).update(user=user)
        world.opened(series_key=f"plan:{number}")
        run_once(halo, world.instance)
    assert [ticket["user_id"] for ticket in halo.tickets.values()] == [70, 88]


def test_an_inactive_asset_is_not_linked() -> None:
    world, halo = World(), FakeHalo()
    world.map_asset(active=False)
    world.opened()
    run_once(halo, world.instance)
    assert "assets" not in halo.tickets[4242]
    assert (
        "This computer is not mapped to a Halo asset. No asset is linked."
        in halo.tickets[4242]["details_html"]
    )


def test_a_rule_that_names_another_profile_by_now_is_followed() -> None:
    world, halo = World(), FakeHalo()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    world.rule.profile = make_profile(world.credential, ticket_type=22)
    world.rule.save()
    run_once(halo, world.instance)
    assert halo.tickets[4242]["tickettype_id"] == 22


# ---- the text -------------------------------------------------------------------------------


def test_the_body_says_what_a_technician_needs() -> None:
    world, halo = World(), FakeHalo()
    describe(world)
    world.opened(occurred_at=datetime(2026, 11, 20, 6, 31, tzinfo=UTC), severity="critical")
    run_once(halo, world.instance)
    body = halo.tickets[4242]["details_html"]
    for words in (
        "<b>File backup failed: Nightly on ALD-SRV01</b>",
        "Backup failed, severity critical, since 2026-11-20 06:31 UTC",
        "Company: Alder Dental<br>",
        f"Console: {world.console.name}",
        "Error: disk full",
        "Name: ALD-SRV01",
        "Type: Server",
        "Operating system: Windows Server 2022 21H2",
        "Model: HP ProLiant ML30",
        "Serial number: 5CG1234XYZ",
        "IP address: 10.1.2.3, fe80::1",
        "Last user: ALD\\anna",
        "Last seen: 2026-11-20 05:58 UTC",
    ):
        assert words in body, words


def test_what_a_source_sends_is_never_markup() -> None:
    world, halo = World(), FakeHalo()
    evil = '<img src=x onerror="alert(1)">&{{ settings.SECRET_KEY }}\x07'
    Computer.objects.filter(pk=world.computer.pk).update(os_name=evil, serial_number=evil)
    world.opened(title=evil, message=f"{evil}\n{evil}")
    run_once(halo, world.instance)
    world.opened(title=evil, message=evil)
    world.resolved(title=evil)
    run_once(halo, world.instance)
    for html in (halo.tickets[4242]["details_html"], *(a["note_html"] for a in halo.actions)):
        assert "<img" not in html
        assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;{{ settings" in html
        assert "\x07" not in html


def test_a_message_of_a_megabyte_is_cut_and_the_rest_stays_whole() -> None:
    world, halo = World(), FakeHalo()
    describe(world)
    world.opened(message="&" * 1_000_000)
    run_once(halo, world.instance)
    body = halo.tickets[4242]["details_html"]
    assert len(body) <= 60_000
    assert "Serial number: 5CG1234XYZ" in body
    assert body.endswith("</small></p>")
    assert body.count("<p>") == body.count("</p>")


def test_note_and_closing_say_when_and_how_long() -> None:
    world, halo = World(), FakeHalo()
    world.opened(occurred_at=START)
    run_once(halo, world.instance)
    world.opened(occurred_at=START + timedelta(hours=1), message="")
    world.opened(occurred_at=START + timedelta(minutes=90), message="")
    world.resolved(occurred_at=START + timedelta(hours=2))
    run_once(halo, world.instance)
    first, _, closing = (action["note_html"].split("<p><small>")[0] for action in halo.actions)
    assert first == (
        "<p><b>Again: File backup failed: Nightly on ALD-SRV01</b><br>\n"
        "2026-11-20 07:00 UTC, severity medium; 3 events since 2026-11-20 06:00 UTC</p>"
    )
    assert closing == (
        "<p><b>Resolved: File backup succeeded: Nightly</b><br>\n"
        "2026-11-20 08:00 UTC, after 3 events, open for 2 h</p>"
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "under a minute"),
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
    ],
)
def test_durations(span: timedelta, words: str) -> None:
    assert duration(span) == words


@pytest.mark.parametrize(
    ("title", "computer", "words"),
    [
        ("File backup failed: Nightly on ALD-SRV01", "ALD-SRV01", "File backup failed: Nightly"),
        ("ALD-SRV01: plan Nightly failed", "ald-srv01", "plan Nightly failed"),
        ("Disk full\n on  C:", "ALD-SRV01", "Disk full on C:"),
        ("ALD-SRV01", "ALD-SRV01", "ALD-SRV01"),
        ("on ALD-SRV01", "", "on ALD-SRV01"),
    ],
)
def test_headlines(title: str, computer: str, words: str) -> None:
    assert text.headline(title, computer) == words


def test_a_summary_is_one_line_of_at_most_255_characters() -> None:
    world = World()
    world.opened(title="x" * 500, event_type="no.such.type")
    route_all()
    summary = text.summary(world.alert())
    assert len(summary) == 255
    assert summary.startswith("[Other] ALD-SRV01: xxx")
    assert summary.endswith("…")
