"""Summary and body of a ticket by the templates of its profile, and the default text where they fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.models import Company, Computer, Console, Event, HaloAssetType
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.wording.test_markup import read
from tests.ticketing.world import START, World, route_all
from ticketing import text
from ticketing.apply.opening import opening_of
from ticketing.models import Alert, EventSet, IntegrationProfile, Ticket
from ticketing.planning import plan_tickets
from ticketing.wording.facts import History, facts_of
from ticketing.wording.variables import EXAMPLE

FINDING = {
    "product": "7-Zip",
    "installed_version": "19.00",
    "fixed_version": "24.09",
    "severity": "critical",
    "asset": "",
    "cve": "CVE-2024-11477",
}
RUNAWAY = "{% for a in event.message %}{% for b in event.message %}x{% endfor %}{% endfor %}"


def own_text(world: World, **templates: str) -> None:
    IntegrationProfile.objects.filter(pk=world.profile.pk).update(**templates)


def sent(world: World, halo: FakeHalo, **event: Any) -> dict[str, Any]:
    world.opened(**event)
    run_once(halo, world.instance)
    return halo.tickets[4242 + len(halo.tickets) - 1]


# ---- the templates of a profile ---------------------------------------------------------------


@pytest.mark.django_db
def test_a_ticket_says_what_the_templates_of_its_profile_say() -> None:
    world, halo = World(), FakeHalo()
    own_text(
        world,
        summary_template="{{ company.name|upper }}:\n{{ event.title }}",
        body_template="<h2>{{ computer.name }}</h2><p>{{ event.message }}",
    )
    told = sent(world, halo, title="A & B", message="<b>x</b>")
    assert told["summary"] == "ALDER DENTAL: A & B"
    assert told["details_html"].startswith(
        "<h2>ALD-SRV01</h2><p>&lt;b&gt;x&lt;/b&gt;</p><p><small>Bridge reference"
    )
    (ticket,) = world.tickets()
    assert (ticket.summary, ticket.reason, ticket.state) == ("ALDER DENTAL: A & B", "", "open")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("templates", "reason"),
    [
        ({"body_template": RUNAWAY},
         "Body: It repeats more than 5,000 times."),
        ({"body_template": "{% load i18n %}"}, "Body: Line 1: There is no tag “load”."),
        ({"body_template": "{# nothing #}"}, "Body: it came out empty."),
        ({"summary_template": "{% for a, b in computer.name %}{% endfor %}"},
         "Summary: Need 2 values to unpack in for loop; got 1."),
        ({"summary_template": "{% if findings %}x{% endif %}"}, "Summary: it came out empty."),
    ],
)  # fmt: skip
def test_a_template_that_fails_costs_no_ticket_and_its_reason_is_told(
    templates: dict[str, str], reason: str
) -> None:
    world, halo = World(), FakeHalo()
    own_text(world, **templates)
    told = sent(world, halo, message="m" * 400)
    assert told["summary"] == "[Backup] ALD-SRV01: File backup failed: Nightly"
    assert "Backup failed, severity medium" in told["details_html"]
    (ticket,) = world.tickets()
    assert (ticket.state, ticket.reason) == ("open", f"{text.TEMPLATE_FAILED}{reason}")


@pytest.mark.django_db
def test_a_template_put_right_takes_the_reason_away() -> None:
    world, halo = World(), FakeHalo(answers=["refused"])
    own_text(world, body_template="{% load i18n %}")
    world.opened()
    run_once(halo, world.instance)
    ticket = Ticket.objects.select_related("previous").get()
    ticket.reason = f"{text.TEMPLATE_FAILED}Body: whatever."
    ticket.save()
    own_text(world, body_template="<p>Right.</p>")
    profile = IntegrationProfile.objects.get(pk=world.profile.pk)
    assert opening_of(ticket, [world.alert()], profile).body == "<p>Right.</p>"
    assert Ticket.objects.get().reason == ""


@pytest.mark.django_db
def test_a_summary_is_cut_to_255_characters_on_one_line() -> None:
    world, halo = World(), FakeHalo()
    own_text(world, summary_template="{{ event.title }}\n{{ event.title }}")
    told = sent(world, halo, title="x" * 200)
    assert len(told["summary"]) == 255
    assert told["summary"].endswith("…")
    assert world.tickets()[0].summary == told["summary"]


# ---- the default body -------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_default_body_has_a_table_of_findings() -> None:
    world, halo = World(), FakeHalo()
    findings = [FINDING, {**FINDING, "asset": "ALD-PC02", "product": "<b>"}, FINDING]
    told = sent(world, halo, findings=findings, raw={"url": "https://console.example/?a=1&b=2"})[
        "details_html"
    ]
    row = "<td>19.00</td><td>24.09</td><td>Critical</td>"
    assert f"<tr><td>7-Zip</td>{row}<td>ALD-SRV01</td><td>CVE-2024-11477</td></tr>" in told
    assert f"<tr><td>&lt;b&gt;</td>{row}<td>ALD-PC02</td><td>CVE-2024-11477</td></tr>" in told
    assert told.count("<tr>") == 3
    assert '<a href="https://console.example/?a=1&amp;b=2">Open it in' in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("findings", "summary"),
    [
        ([FINDING, {**FINDING, "asset": "A"}, {**FINDING, "asset": "B"}], "7-Zip – 2 assets – Alder Dental"),
        ([{**FINDING, "asset": "A"}], "7-Zip – 1 asset – Alder Dental"),
        ([], "7-Zip – Alder Dental"),
    ],
)
def test_a_remediation_by_product_says_what_how_often_and_for_whom(
    findings: list[dict[str, str]], summary: str
) -> None:
    world, halo = World(), FakeHalo()
    EventSet.objects.update(event_types=["remediation.by_product"])
    told = sent(
        world, halo, event_type="remediation.by_product", computer=None, product="7-Zip", findings=findings
    )
    assert told["summary"] == f"[Remediation] {summary}"


@pytest.mark.django_db
def test_the_default_body_tells_the_history() -> None:
    world, halo = World(), FakeHalo()
    for hour in range(12):
        world.opened(occurred_at=START + timedelta(hours=hour))
    told = sent(world, halo, occurred_at=START + timedelta(hours=12))["details_html"]
    assert "13 events so far, the first 2026-11-20 06:00 UTC, the last 2026-11-20 18:00 UTC" in told
    assert told.count(": open, severity medium") == 10
    assert "<br>2026-11-20 09:00 UTC: open" in told
    assert "<br>2026-11-20 08:00 UTC: open" not in told


@pytest.mark.django_db
def test_a_new_ticket_takes_two_queries_for_its_text(django_assert_num_queries: Any) -> None:
    world = World()
    world.opened()
    route_all()
    plan_tickets(world.instance)
    alerts = list(Alert.objects.select_related("company", "computer", "console", "last_event"))
    ticket = Ticket.objects.get()
    with django_assert_num_queries(2):
        text.opening(alerts, ticket, None, world.profile)


# ---- awkward values ---------------------------------------------------------------------------


AWKWARD = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["<script>alert(1)</script>", "{{ event.title }}", "{% debug %}", '" onmouseover="x', "'><img src=x>",
         "\x00\x07", "\u202egnp.exe\u200f",
         "&lt;b&gt;", "</td></tr></table>", "a\r\nb\u2028c", "<!-- x", "]]>"]
    ),
)  # fmt: skip


def rows_of(words: str) -> tuple[Alert, Ticket]:
    """An alert all of whose source data are these words; nothing is stored."""
    console = Console(name=words)
    event = Event(
        console=console, external_id=words, title=words, message=words, product=words, severity="critical",
        findings=[dict.fromkeys(FINDING, words)], raw={"url": f"https://{words}"}, occurred_at=START,
    )  # fmt: skip
    computer = Computer(
        name=words, os_name=words, manufacturer=words, serial_number=words, last_user=words,
        device_class=words, ip_addresses=[words], mac_addresses=[words],
    )  # fmt: skip
    alert = Alert(
        console=console, company=Company(name=words), computer=computer, title=words, event_type=words,
        severity="critical", opened_at=START, last_event=event,
    )  # fmt: skip
    return alert, Ticket(summary=words)


OWN = (
    "<table><tr><td title={{ event.title }}>{{ event.message|linebreaksbr|slice:':9' }} x</td></tr></table>"
    "<a href={{ event.title }}>{{ company.name|title }}</a><p {{ event.title }}>{{ computer.name|upper }}"
    "{{ findings.0.cve|truncatechars:5 }}{{ computer.ip_addresses|join:event.title }}"
)


def visible(words: str) -> str:
    return "".join(text.line(words).split())


@settings(max_examples=150)
@given(AWKWARD, st.sampled_from(["", OWN]))
def test_no_source_data_becomes_markup_or_template_code(words: str, template: str) -> None:
    alert, ticket = rows_of(words)
    facts = facts_of([alert], History(1, START, START), None, None, text.summary(alert))
    told = text.written(facts, "", template)
    seen = read(told.body)
    assert "\x00" not in told.body
    assert not {"\u202e", "\u200f", "\u200e"} & set(told.body + told.summary)
    assert len(told.summary) <= 255
    assert "\n" not in told.summary
    if not template:
        assert told.problem == ""
        assert visible(words) in "".join(seen.text.split())
        assert told.left_out == ()
    assert ticket.summary == words


@pytest.mark.parametrize("year", [1, 1899, 2100, 9999])
def test_years_far_away_are_told(year: int) -> None:
    alert, _ = rows_of("x")
    alert.opened_at = datetime(year, 5, 1, tzinfo=UTC)
    facts = facts_of([alert], History(1, START, START), None, None, "x")
    assert f"since {year:04}-05-01 00:00 UTC" in text.written(facts, "", "").body


def test_what_is_too_long_loses_its_message_first_and_then_findings() -> None:
    alert, _ = rows_of("x")
    assert alert.last_event is not None
    alert.last_event.message = "&" * 1_000_000
    alert.last_event.findings = [dict.fromkeys(FINDING, f"{number}{'&' * 190}") for number in range(200)]
    facts = facts_of([alert], History(1, START, START), None, None, "x")
    told = text.written(facts, "", "")
    assert len(told.body) <= text.LONGEST_BODY
    read(told.body)
    assert "<p>&amp;" not in told.body
    assert "<br>Serial number: x" in told.body
    assert "more findings, not listed here." in told.body


@pytest.mark.parametrize(
    "template", ["", "{% for f in findings %}<li>{{ f.cve }}{{ event.message }}{% endfor %}"]
)
def test_a_message_of_a_megabyte_is_no_trouble(template: str) -> None:
    alert, _ = rows_of("x")
    assert alert.last_event is not None
    alert.last_event.message = "<" * 1_000_000
    facts = facts_of([alert], History(1, START, START), None, None, "x")
    told = text.written(facts, "", template)
    assert told.problem == ""
    assert "&lt;" * 1499 + "…" in told.body


# ---- what may be named -------------------------------------------------------------------------


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


@pytest.mark.django_db
def test_the_listed_variables_are_exactly_what_a_ticket_can_tell() -> None:
    world = World()
    asset = world.map_asset()
    asset.asset_type = HaloAssetType.objects.create(
        halo_credential=world.credential, halo_id=3, name="Server"
    )
    Computer.objects.update(ip_addresses=["10.1.2.3"], mac_addresses=["00:15:5d:01:02:03"])
    event = world.opened(findings=[FINDING])
    route_all()
    alerts = [Alert.objects.select_related("computer").get(), Alert.objects.select_related("computer").get()]
    told = facts_of(
        alerts, History(1, START, START, (event,)), asset, Ticket(halo_id=7, closed_at=START), "x"
    )
    assert shape(told) == shape(EXAMPLE)


@pytest.mark.django_db
def test_a_ticket_that_several_alerts_share_lists_them_instead() -> None:
    world, halo = World(), FakeHalo()
    own_text(world, summary_template="Own", body_template="<p>Own</p>", grouping="company_type")
    told = sent(world, halo)
    assert "Own" not in told["summary"] + told["details_html"]
    assert "ALD-SRV01</td>" in told["details_html"]
