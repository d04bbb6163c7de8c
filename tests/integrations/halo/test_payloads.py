"""What is sent to HaloPSA: nothing more than was asked for, nobody mailed, no rule run."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.halo import payloads

MARKER = "HB-7f3c9a"
LINE = f"<p><small>Bridge reference: {MARKER}</small></p>"


def make_ticket(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "marker": MARKER,
        "summary": "ALD-PC07: plan failed",
        "details_html": "<p>Plan failed.</p>",
        "ticket_type_id": 21,
        "client_id": 12,
        "site_id": None,
        "user_id": None,
        "team": "",
        "agent_id": None,
        "status_id": None,
        "sla_id": None,
        "priority_id": None,
        "category": "",
        "impact": None,
        "urgency": None,
        "asset_ids": (),
        "occurred_at": None,
    }
    return payloads.ticket_create(**{**values, **changes})


def make_note(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "marker": MARKER,
        "ticket_id": 4242,
        "note_html": "<p>Still failing.</p>",
        "outcome_id": None,
        "outcome": "",
    }
    return payloads.note(**{**values, **changes})


def test_a_ticket_with_the_least() -> None:
    assert make_ticket() == {
        "summary": "ALD-PC07: plan failed",
        "details_html": f"<p>Plan failed.</p>{LINE}",
        "supplier_reference": MARKER,
        "tickettype_id": 21,
        "client_id": 12,
        "dont_do_rules": True,
        "donotapplytemplateintheapi": True,
        "sendack": False,
    }


def test_a_ticket_with_everything() -> None:
    payload = make_ticket(
        site_id=31,
        user_id=88,
        team="Monitoring",
        agent_id=1,
        status_id=2,
        sla_id=1,
        priority_id=4,
        category="Backup>Failure",
        impact=3,
        urgency=2,
        asset_ids=[501, 502, 501],
        occurred_at=datetime(2026, 11, 20, 6, 31, tzinfo=UTC),
        run_rules=True,
        mail_user=True,
    )
    assert payload["assets"] == [{"id": 501}, {"id": 502}]
    assert payload["dateoccurred"] == "2026-11-20T06:31:00.000Z"
    assert (payload["team"], payload["category_1"], payload["priority_id"]) == (
        "Monitoring",
        "Backup>Failure",
        4,
    )
    assert (payload["dont_do_rules"], payload["donotapplytemplateintheapi"]) == (False, False)
    assert payload["sendack"] is True
    assert (payload["site_id"], payload["user_id"], payload["agent_id"]) == (31, 88, 1)


def test_a_user_without_a_site_is_not_sent() -> None:
    assert "user_id" not in make_ticket(user_id=88)


def test_a_long_summary_is_cut_and_kept_on_one_line() -> None:
    summary = make_ticket(summary="a\n b" + "x" * 400)["summary"]
    assert len(summary) == 255
    assert summary.startswith("a bx")
    assert summary.endswith("…")


def test_a_note_is_private_and_mails_nobody() -> None:
    assert make_note() == {
        "ticket_id": 4242,
        "note_html": f"<p>Still failing.</p>{LINE}",
        "outcome_id": 7,
        "hiddenfromuser": True,
        "sendemail": False,
        "send_survey": False,
        "dont_do_rules": True,
    }


def test_a_note_that_closes_uses_the_wanted_action() -> None:
    payload = make_note(outcome_id=12, outcome="Resolve", new_status=9, private=False)
    assert (payload["outcome_id"], payload["outcome"], payload["new_status"]) == (12, "Resolve", 9)
    assert payload["hiddenfromuser"] is False


def test_a_named_action_needs_no_number() -> None:
    payload = make_note(outcome="Internal Note")
    assert payload["outcome"] == "Internal Note"
    assert "outcome_id" not in payload


def test_mail_goes_out_only_where_the_profile_says_so() -> None:
    payload = make_note(mail_user=True, run_rules=True)
    assert payload["sendemail"] is True
    assert "send_survey" not in payload
    assert payload["dont_do_rules"] is False


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(
    st.lists(st.sampled_from(["<p>", "<ul><li>", "word ", "a&lt;b ", "&amp;", "x" * 300]), max_size=60),
    st.integers(min_value=0, max_value=900),
)
def test_html_is_cut_to_its_limit_with_its_tags_closed(parts: list[str], limit: int) -> None:
    closing = {"<p>": "</p>", "<ul><li>": "</li></ul>"}
    text = "".join(parts) + "".join(closing.get(part, "") for part in reversed(parts))
    short = payloads.cut_html(text, limit)
    assert len(short) <= limit
    balance = _Balance()
    balance.feed(short)
    assert balance.open == []
    assert short == text or len(text) > limit


def test_the_reference_survives_any_length_of_text() -> None:
    limits = {"details_html": payloads.LONGEST_DETAILS, "note_html": payloads.LONGEST_TEXT}
    for builder, field in ((make_ticket, "details_html"), (make_note, "note_html")):
        text = builder(**{field: "<p>" + "long words " * 6000 + "</p>"})[field]
        assert limits[field] - 10 < len(text) <= limits[field]
        assert text.endswith(LINE)
        assert "long words" in text


def test_a_new_asset() -> None:
    assert payloads.asset_create(
        asset_type_id=112,
        client_id=12,
        site_id=31,
        inventory_number=" ALD-0008 ",
        fields={1: "ALD-PC08", 2: "x" * 5000},
        marker_field_id=61,
        marker=MARKER,
    ) == {
        "assettype_id": 112,
        "client_id": 12,
        "site_id": 31,
        "inventory_number": "ALD-0008",
        "fields": [
            {"id": "1", "value": "ALD-PC08"},
            {"id": "2", "value": "x" * 4000},
            {"id": "61", "value": MARKER},
        ],
        "_dontaddnewfields": True,
        "do_not_apply_template_in_the_api": True,
    }


def test_a_new_asset_without_a_marker_field() -> None:
    payload = payloads.asset_create(
        asset_type_id=1, client_id=2, site_id=3, inventory_number="T", fields={}, marker=MARKER
    )
    assert payload["fields"] == []


def test_without_a_tag_halo_gives_its_next_one() -> None:
    payload = payloads.asset_create(
        asset_type_id=1, client_id=2, site_id=3, inventory_number=" ", fields={}, marker=MARKER
    )
    assert "inventory_number" not in payload


def test_a_new_asset_type_names_its_group_keys_and_fields() -> None:
    assert payloads.asset_type_create(
        name=" N A S ", group_id=3, key_field_ids=[1, 2], field_ids=[1, 2, 61]
    ) == {
        "name": "N A S",
        "assetgroup_id": 3,
        "keyfield_id": 1,
        "keyfield2_id": 2,
        "fields": [
            {"field_id": 1, "sequence": 1},
            {"field_id": 2, "sequence": 2},
            {"field_id": 61, "sequence": 3},
        ],
        "allowall_status": True,
    }


def test_an_update_sends_what_changes_and_nothing_else() -> None:
    assert payloads.asset_update(501, inactive=True) == {"id": 501, "inactive": True}
    assert payloads.asset_update(501, inactive=False) == {"id": 501, "inactive": False}
    assert payloads.asset_update(501, properties={"site_id": 32}) == {"id": 501, "site_id": 32}
    assert payloads.asset_update(501, fields={1: "a", 2: ""}) == {
        "id": 501,
        "fields": [{"id": "1", "value": "a"}, {"id": "2", "value": ""}],
        "_dontaddnewfields": True,
    }


@pytest.mark.parametrize("name", ["id", "fields", "inactive"])
def test_a_property_cant_replace_a_parameter(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        payloads.asset_update(501, properties={name: 1})


def test_a_change_of_status_changes_nothing_else_and_tells_nobody() -> None:
    assert payloads.ticket_status(4242, 9) == {
        "id": 4242,
        "status_id": 9,
        "dont_do_rules": True,
        "sendack": False,
    }


# ---- custom fields and properties of assets -------------------------------------------------


def test_custom_fields_go_by_id_and_properties_by_name() -> None:
    sent = payloads.asset_update(
        7, custom_fields={311: 2, 310: "x" * 5000}, properties={"warranty_end": "2027-03-31T00:00:00"}
    )
    assert sent == {
        "id": 7,
        "customfields": [{"id": 311, "value": 2}, {"id": 310, "value": "x" * 4000}],
        "warranty_end": "2027-03-31T00:00:00",
    }


def test_what_is_not_asked_for_is_not_sent() -> None:
    assert payloads.asset_update(7) == {"id": 7}
    place = {"asset_type_id": 1, "client_id": 2, "site_id": 3, "inventory_number": "A"}
    made = payloads.asset_create(**place, fields={}, custom_fields={311: 2}, properties={"status_id": 3})
    assert (made["customfields"], made["status_id"]) == ([{"id": 311, "value": 2}], 3)
    assert "customfields" not in payloads.asset_create(**place, fields={})


@pytest.mark.parametrize("name", ["id", "inactive", "customfields", "fields"])
def test_a_property_never_stands_for_something_else(name: str) -> None:
    with pytest.raises(ValueError, match="Not a property"):
        payloads.asset_update(7, properties={name: 1})


def test_a_new_asset_gets_its_place_from_nowhere_else() -> None:
    place = {"asset_type_id": 1, "client_id": 2, "site_id": 3, "inventory_number": "A"}
    with pytest.raises(ValueError, match="Not a property: client_id"):
        payloads.asset_create(**place, fields={}, properties={"client_id": 9})
