"""The audit log tells what a person or a program changes, field by field, whatever statement does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.acting import Actor, AuditSource, acting
from integrations.models import AuditEntry, Console, HaloCredential, Instance
from integrations.net.log_context import telling
from mappings.models import ComputerMapping, FieldMapping, IgnoredCompany
from tests.builders import make_console, make_credential
from tests.integrations.admin import made
from ticketing.models import EventSet

pytestmark = pytest.mark.django_db
ANNA = Actor("anna", AuditSource.ADMIN, address="192.0.2.1", place="POST /admin/")


@pytest.fixture
def anna() -> Iterator[None]:
    with acting(lambda: ANNA):
        yield


def told() -> list[tuple[str, str, dict[str, object]]]:
    """What the log holds, the oldest first."""
    return [(entry.action, entry.name, entry.changes) for entry in AuditEntry.objects.order_by("pk")]


def test_where_nobody_acts_nothing_is_told_and_nothing_is_read(django_assert_num_queries: object) -> None:
    console = make_console()
    with django_assert_num_queries(1):  # type: ignore[operator]
        Console.objects.filter(pk=console.pk).update(name="Other")
    assert told() == []


def test_a_new_row_is_told_with_what_it_holds(anna: None) -> None:
    event_set = EventSet.objects.create(name="Backups", event_types=["backup.failed"])

    entry = AuditEntry.objects.get()
    assert (entry.who, entry.source, entry.address) == ("anna", "admin", "192.0.2.1")
    assert (entry.action, entry.kind, entry.object_id) == ("add", "ticketing.eventset", event_set.pk)
    assert entry.changes["name"] == {"before": None, "after": "Backups"}
    assert entry.changes["event_types"] == {"before": None, "after": ["backup.failed"]}
    assert "severity_from" not in entry.changes


def test_a_change_is_told_field_by_field() -> None:
    event_set = EventSet.objects.create(name="Backups", event_types=["backup.failed", "backup.missed"])
    with acting(lambda: ANNA):
        event_set.name, event_set.event_types = "All", ["backup.failed", "disk.full"]
        event_set.save()

    assert told() == [
        (
            "change",
            "All",
            {
                "event_types": {"removed": ["backup.missed"], "added": ["disk.full"]},
                "name": {"before": "Backups", "after": "All"},
            },
        )
    ]


def test_what_is_saved_as_it_was_is_not_told() -> None:
    credential = make_credential()
    with acting(lambda: ANNA):
        HaloCredential.objects.get(pk=credential.pk).save()
    assert told() == []


def test_a_save_of_some_fields_tells_only_those() -> None:
    console = make_console(name="Old", time_zone="UTC")
    console.name, console.time_zone = "New", "Europe/Berlin"
    with acting(lambda: ANNA):
        console.save(update_fields=["name"])
    assert told() == [("change", "New", {"name": {"before": "Old", "after": "New"}})]


def test_what_the_machine_keeps_on_a_row_is_not_told(anna: None) -> None:
    instance = Instance.objects.create(resource_server="https://halo.example/api")
    AuditEntry.objects.all().delete()
    Instance.objects.filter(pk=instance.pk).update(paused_until=timezone.now(), pause_reason="It is down.")
    assert told() == []


def test_one_click_that_stops_writing_is_told_although_it_is_one_statement() -> None:
    credential = make_credential()
    with acting(lambda: ANNA):
        Instance.objects.filter(pk=credential.instance_id).update(writes_stopped=True)
    assert told() == [
        ("change", str(credential.instance), {"writes_stopped": {"before": False, "after": True}})
    ]


def test_a_statement_that_met_no_row_is_not_told(anna: None) -> None:
    Instance.objects.filter(pk=0).update(writes_stopped=True)
    assert told() == []


def test_related_rows_are_told_by_name_and_number() -> None:
    credential = make_credential()
    client, other = made.make_client(credential, name="Acme"), made.make_client(credential, name="Globex")
    console = make_console()
    mapping = made_mapping(credential, client, console)
    with acting(lambda: ANNA):
        type(mapping).objects.filter(pk=mapping.pk).update(halo_client=other)
    (_, _, changes) = told()[0]
    assert changes == {"halo_client": {"before": f"Acme ({client.pk})", "after": f"Globex ({other.pk})"}}


def made_mapping(credential: HaloCredential, client: object, console: Console) -> object:
    from mappings.models import CompanyMapping

    company = made.make_company(console)
    return CompanyMapping.objects.create(company=company, halo_credential=credential, halo_client=client)


def test_a_computed_change_is_told_as_it_is_stored() -> None:
    mapping = FieldMapping.objects.create(halo_credential=make_credential(), attribute="model", field_id=3)
    with acting(lambda: ANNA):
        FieldMapping.objects.filter(pk=mapping.pk).update(field_id=F("field_id") + 1)
    assert told()[0][2] == {"field_id": {"before": 3, "after": 4}}


def test_rows_made_at_once_are_told_one_by_one_with_as_many_statements_as_one(
    django_assert_max_num_queries: object,
) -> None:
    credential, console = make_credential(), make_console()
    companies = [made.make_company(console) for _ in range(40)]
    rows = [IgnoredCompany(company=company, halo_credential=credential) for company in companies]
    with acting(lambda: ANNA), django_assert_max_num_queries(5):  # type: ignore[operator]
        IgnoredCompany.objects.bulk_create(rows)
    assert len(told()) == 40
    assert told()[0][1] == f"{companies[0]} is left alone"


def test_rows_changed_at_once_cost_no_statement_each(django_assert_max_num_queries: object) -> None:
    for _ in range(40):
        make_console()
    with acting(lambda: ANNA), django_assert_max_num_queries(4):  # type: ignore[operator]
        Console.objects.update(time_zone="Europe/Berlin")
    assert len(told()) == 40

    rows = list(Console.objects.all())
    for row in rows:
        row.enabled = False
    with acting(lambda: ANNA), django_assert_max_num_queries(4):  # type: ignore[operator]
        Console.objects.bulk_update(rows, ["enabled"])
    assert len(told()) == 80


def test_very_many_rows_are_one_entry_with_their_number() -> None:
    credential, console = make_credential(), make_console()
    company = made.make_company(console)
    for _ in range(51):
        ComputerMapping.objects.create(computer=made.make_computer(company), halo_credential=credential)
    with acting(lambda: ANNA):
        ComputerMapping.objects.update(held=True)
        ComputerMapping.objects.all().delete()

    changed, deleted = AuditEntry.objects.order_by("pk")
    assert (changed.name, changed.rows, changed.object_id) == ("51 computer mappings", 51, None)
    assert changed.changes == {"held": {"after": True}}
    assert changed.place == "POST /admin/"
    assert (deleted.action, deleted.rows) == ("delete", 51)


def test_the_log_does_not_grow_with_computers_that_a_run_maps() -> None:
    queue = Actor("anna", AuditSource.QUEUE)
    mapping = ComputerMapping.objects.create(
        computer=made.make_computer(made.make_company(make_console())), halo_credential=make_credential()
    )
    event_set = EventSet.objects.create(name="Backups")
    with acting(lambda: queue):
        mapping.delete()
        event_set.delete()
    assert [name for _, name, _ in told()] == ["Backups"]


def test_what_is_deleted_is_told_by_name_with_what_went_along() -> None:
    credential = make_credential(name="Acme")
    FieldMapping.objects.create(halo_credential=credential, attribute="model", field_id=3)
    number = credential.pk
    with acting(lambda: ANNA):
        credential.delete()

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.name, entry.object_id) == ("delete", "Acme", number)
    assert entry.summary == "With it: 1 field mappings."
    assert entry.changes["name"] == {"before": "Acme", "after": None}


def test_relations_of_many_to_many_are_told_by_name() -> None:
    user, group = User.objects.create(username="bob"), Group.objects.create(name="Night shift")
    event_set, company = EventSet.objects.create(name="Backups"), made.make_company(make_console())
    with acting(lambda: ANNA):
        user.groups.add(group)
        user.groups.clear()
        event_set.companies.set([company])

    night = f"Night shift ({group.pk})"
    assert told() == [
        ("change", "bob", {"groups": {"removed": [], "added": [night]}}),
        ("change", "bob", {"groups": {"removed": [night], "added": []}}),
        ("change", "Backups", {"companies": {"removed": [], "added": [f"{company} ({company.pk})"]}}),
    ]


def test_rights_given_to_a_group_are_told_in_one_entry_and_a_constant_number_of_statements() -> None:
    group = Group.objects.create(name="Night shift")

    def statements(number: int) -> int:

        group.permissions.clear()
        wanted = list(Permission.objects.all()[:number])
        with (
            acting(lambda: ANNA),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            group.permissions.add(*wanted)
        return len(seen)

    assert statements(2) == statements(30)
    assert len(AuditEntry.objects.first().changes["permissions"]["added"]) == 30  # type: ignore[union-attr]


def test_an_entry_names_the_request_and_the_run(anna: None) -> None:
    with telling(request_id="request-4711", run=12):
        EventSet.objects.create(name="Backups")
    entry = AuditEntry.objects.get()
    assert (entry.request_id, entry.run) == ("request-4711", 12)


def test_an_entry_stays_readable_when_its_account_is_gone() -> None:
    user = User.objects.create(username="carla")
    with acting(lambda: Actor("carla", AuditSource.REST, account_id=user.pk)):
        EventSet.objects.create(name="Backups")
    user.delete()
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.account) == ("carla", None)
