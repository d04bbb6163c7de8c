"""Integration profiles and ticket rules by REST."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.models import HaloCredential, HaloOption, HaloUser
from mappings.models import CompanyMapping
from tests.builders import make_console, make_credential
from tests.integrations.api.clients import make_caller, make_company, make_halo_client
from ticketing.models import EventSet, IntegrationProfile, TicketRule

pytestmark = pytest.mark.django_db

PROFILES = "/api/v1/integration-profiles/"
RULES = "/api/v1/ticket-rules/"


def make_options(credential: HaloCredential) -> None:
    """Two SLAs with a priority 4 in the first only; ticket type 21 may not have the status 9."""
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        ("ticket_type", "21", "", {"statuses": [1, 2]}),
        ("ticket_type", "22", "", {}),
        ("status", "1", "", {}),
        ("status", "2", "", {}),
        ("status", "9", "", {}),
        ("sla", "1", "", {}),
        ("sla", "2", "", {}),
        ("priority", "4", "1", {}),
        ("team", "5", "", {}),
        ("agent", "6", "", {}),
        ("outcome", "7", "", {}),
    ]
    for kind, halo_id, parent, extra in rows:
        HaloOption.objects.create(
            halo_credential=credential, kind=kind, halo_id=halo_id, parent=parent, name=halo_id, extra=extra
        )


def make_body(credential: HaloCredential, **values: Any) -> dict[str, Any]:
    defaults = {
        "name": "Backup tickets",
        "halo_credential": credential.pk,
        "ticket_type": 21,
        "status_open": 1,
        "status_closed": 2,
        "sla": 1,
        "priority": 4,
        "team": 5,
        "agent": 6,
        "category": 3,
        "urgency": 2,
        "impact": 2,
        "note_action": 7,
        "closing_action": 7,
        "closing_policy": "quiet",
        "quiet_minutes": 30,
        "note_minutes": 90,
        "reopen_hours": 8,
        "after_person": "new_ticket",
        "after_person_hours": 4,
        "wont_fix_statuses": [2],
        "wont_fix_categories": [],
        "public_notes": True,
        "public_closing": False,
    }
    return {**defaults, **values}


def post(path: str, body: dict[str, Any]) -> Any:
    return make_caller().post(path, body, format="json")


def make_profile(credential: HaloCredential, **values: Any) -> IntegrationProfile:
    defaults = {"name": "P", "ticket_type": 21, "status_open": 1, "status_closed": 2}
    return IntegrationProfile.objects.create(halo_credential=credential, **{**defaults, **values})


# ---- profiles -------------------------------------------------------------------------------


def test_a_profile_keeps_all_its_parameters() -> None:
    credential = make_credential()
    make_options(credential)
    client = make_halo_client(credential)
    user = HaloUser.objects.create(halo_credential=credential, halo_id=8, name="Ann")
    event_set = EventSet.objects.create(name="S")
    body = make_body(credential, client=client.pk, user=user.pk, event_set=event_set.pk)
    answer = post(PROFILES, body)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert {name: told[name] for name in body} == body
    assert (told["mail_end_user"], told["run_halo_rules"], told["is_default"]) == (False, False, False)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("status_open", 99, "HaloPSA has no status with the ID 99 (credential Main)."),
        ("status_closed", 9, "Tickets of the type 21 cannot have the status with the ID 9."),
        ("ticket_type", 99, "HaloPSA has no ticket type with the ID 99 (credential Main)."),
        ("wont_fix_statuses", [2, 99], "HaloPSA has no status with the ID 99 (credential Main)."),
        ("note_minutes", 20_000, "Ensure this value is less than or equal to 10080."),
        ("closing_policy", "sometimes", '"sometimes" is not a valid choice.'),
        ("sla", 3, "HaloPSA has no SLA with the ID 3 (credential Main)."),
        ("priority", 5, "The SLA 1 has no priority with the ID 5 (credential Main)."),
        ("sla", 2, "The SLA 2 has no priority with the ID 4 (credential Main)."),
        ("team", 99, "HaloPSA has no team with the ID 99 (credential Main)."),
        ("agent", 99, "HaloPSA has no Halo agent (technician) with the ID 99 (credential Main)."),
        ("closing_action", 99, "HaloPSA has no action with the ID 99 (credential Main)."),
    ],
)
def test_a_choice_that_halo_does_not_have_is_a_sentence(field: str, value: int, sentence: str) -> None:
    credential = make_credential(name="Main")
    make_options(credential)
    answer = post(PROFILES, make_body(credential, **{field: value}))
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    place = "priority" if (field, value) == ("sla", 2) else field
    assert errors[place] == [sentence]


def test_what_was_never_read_proves_nothing() -> None:
    credential = make_credential()
    assert post(PROFILES, make_body(credential)).status_code == 201


def test_agent_one_is_unassigned_and_always_there() -> None:
    credential = make_credential()
    make_options(credential)
    assert post(PROFILES, make_body(credential, agent=1)).status_code == 201


def test_a_priority_without_an_sla_is_looked_for_in_all() -> None:
    credential = make_credential()
    make_options(credential)
    assert post(PROFILES, make_body(credential, sla=None)).status_code == 201
    answer = post(PROFILES, make_body(credential, name="Q", sla=None, priority=5))
    assert "priority" in answer.json()["errors"]


def test_choices_of_another_credential_do_not_count() -> None:
    other, credential = make_credential(), make_credential()
    make_options(other)
    make_options(credential)
    HaloOption.objects.create(halo_credential=other, kind="team", halo_id="50", name="T")
    assert "team" in post(PROFILES, make_body(credential, team=50)).json()["errors"]


def test_client_and_end_user_are_of_the_same_credential() -> None:
    credential, client = make_credential(), make_halo_client(make_credential())
    user = HaloUser.objects.create(halo_credential=client.halo_credential, halo_id=8, name="Ann")
    errors = post(PROFILES, make_body(credential, client=client.pk, user=user.pk)).json()["errors"]
    assert set(errors) == {"client", "user"}


def test_a_change_is_judged_with_what_stays() -> None:
    credential = make_credential()
    make_options(credential)
    number = post(PROFILES, make_body(credential)).json()["id"]
    caller = make_caller()
    answer = caller.patch(f"{PROFILES}{number}/", {"sla": 2}, format="json")
    assert "priority" in answer.json()["errors"]
    assert (
        caller.patch(f"{PROFILES}{number}/", {"sla": 2, "priority": None}, format="json").status_code == 200
    )
    assert caller.patch(f"{PROFILES}{number}/", {"name": "New"}, format="json").json()["name"] == "New"


def test_a_profile_stays_with_its_credential() -> None:
    credential = make_credential()
    number = post(PROFILES, make_body(credential)).json()["id"]
    body = {"halo_credential": make_credential().pk}
    answer = make_caller().patch(f"{PROFILES}{number}/", body, format="json")
    assert "halo_credential" in answer.json()["errors"]


def test_a_name_is_taken_once_per_credential() -> None:
    credential = make_credential()
    assert post(PROFILES, make_body(credential)).status_code == 201
    answer = post(PROFILES, make_body(credential))
    assert answer.status_code == 409
    assert "Backup tickets" in answer.json()["detail"]
    assert post(PROFILES, make_body(make_credential())).status_code == 201


def test_a_new_default_takes_over_in_its_own_credential_only() -> None:
    credential, elsewhere = make_credential(), make_credential()
    post(PROFILES, make_body(elsewhere, is_default=True))
    post(PROFILES, make_body(credential, name="A", is_default=True))
    post(PROFILES, make_body(credential, name="B", is_default=True))
    defaults = IntegrationProfile.objects.filter(is_default=True)
    assert set(defaults.values_list("halo_credential", "name")) == {
        (elsewhere.pk, "Backup tickets"),
        (credential.pk, "B"),
    }


def test_a_default_does_not_keep_others_out() -> None:
    credential = make_credential()
    number = post(PROFILES, make_body(credential, is_default=True)).json()["id"]
    assert post(PROFILES, make_body(credential, name="Other")).status_code == 201
    answer = make_caller().patch(f"{PROFILES}{number}/", {"is_default": False}, format="json")
    assert answer.json()["is_default"] is False


def test_a_profile_in_use_is_not_deleted() -> None:
    mapping, event_set, profile = make_pair()
    TicketRule.objects.create(company_mapping=mapping, event_set=event_set, profile=profile)
    answer = make_caller().delete(f"{PROFILES}{profile.pk}/")
    assert answer.status_code == 409
    assert "ticket rule" in answer.json()["detail"]


# ---- rules ----------------------------------------------------------------------------------


def make_pair() -> tuple[CompanyMapping, EventSet, IntegrationProfile]:
    client = make_halo_client(make_credential())
    mapping = CompanyMapping.objects.create(
        company=make_company(make_console()), halo_credential=client.halo_credential, halo_client=client
    )
    event_set = EventSet.objects.create(name=f"Set {mapping.pk}")
    return mapping, event_set, make_profile(client.halo_credential, event_set=event_set)


def test_a_rule_pairs_set_and_profile_on_a_mapping() -> None:
    mapping, event_set, profile = make_pair()
    body = {
        "company_mapping": mapping.pk,
        "event_set": event_set.pk,
        "profile": profile.pk,
        "position": 2,
    }
    answer = post(RULES, body)
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in body} == body


def test_the_set_of_the_profile_is_proposed() -> None:
    mapping, event_set, profile = make_pair()
    answer = post(RULES, {"company_mapping": mapping.pk, "profile": profile.pk})
    assert answer.json()["event_set"] == event_set.pk
    profile.event_set = None
    profile.save()
    TicketRule.objects.all().delete()
    answer = post(RULES, {"company_mapping": mapping.pk, "profile": profile.pk})
    assert "event_set" in answer.json()["errors"]


def test_profile_and_mapping_share_the_credential() -> None:
    mapping, event_set, _ = make_pair()
    profile = make_profile(make_credential())
    body = {"company_mapping": mapping.pk, "event_set": event_set.pk, "profile": profile.pk}
    answer = post(RULES, body)
    assert answer.json()["errors"] == {"profile": ["Profile and mapping must share the HaloPSA credential."]}


def test_a_set_stands_on_a_mapping_once() -> None:
    mapping, event_set, profile = make_pair()
    body = {"company_mapping": mapping.pk, "event_set": event_set.pk, "profile": profile.pk}
    number = post(RULES, body).json()["id"]
    answer = post(RULES, body)
    assert answer.status_code == 409
    assert f"rule {number}" in answer.json()["detail"]
    changed = make_caller().patch(f"{RULES}{number}/", {"position": 5}, format="json")
    assert (changed.status_code, changed.json()["position"]) == (200, 5)


def test_a_position_out_of_range_is_told() -> None:
    mapping, event_set, profile = make_pair()
    body = {"company_mapping": mapping.pk, "event_set": event_set.pk, "profile": profile.pk}
    for position in (-1, 10**30):
        assert "position" in post(RULES, {**body, "position": position}).json()["errors"]
