"""The configuration as a file: everything by name, seen before it is stored, the same when repeated."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import OptionKind
from integrations.models import HaloAssetType, HaloClient, HaloField, HaloOption, Product
from mappings.linking import map_company
from mappings.models import AssetRules, CompanyMapping, FieldMapping, ProductMapping
from tests.ticketing.world import World, make_client, make_company, make_option
from ticketing.configuration import BadFile, Imported, Verdict, export_config, import_config
from ticketing.configuration.companies import CompanySection
from ticketing.models import EventSet, IntegrationProfile, NoiseSettings, TicketRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """A little of each section."""
    world = World(name="Main")
    for kind, number, name in (
        (OptionKind.TICKET_TYPE, 21, "Alert"),
        (OptionKind.STATUS, 1, "New"),
        (OptionKind.STATUS, 9, "Closed"),
        (OptionKind.STATUS, 10, "Won't fix"),
        (OptionKind.SLA, 4, "Gold"),
        (OptionKind.ASSET_STATUS, 3, "Retired"),
    ):
        make_option(world.credential, kind, number, name=name)
    for sla, number in ((4, 2), (5, 3)):
        make_option(world.credential, OptionKind.PRIORITY, number, name="High", parent=str(sla))
    IntegrationProfile.objects.update(
        sla=4, priority=2, agent=1, wont_fix_statuses=[10], event_set=world.event_set, is_default=True
    )
    world.event_set.companies.set([world.company])
    HaloAssetType.objects.create(
        halo_credential=world.credential, halo_id=7, name="Server", field_ids=[61], key_field_ids=[]
    )
    HaloField.objects.create(halo_credential=world.credential, halo_id=61, name="Serial Number")
    product = Product.objects.create(console=world.console, name="Server Backup")
    ProductMapping.objects.create(
        console=world.console, product=product, halo_credential=world.credential, asset_type=7
    )
    FieldMapping.objects.create(
        halo_credential=world.credential,
        attribute="serial_number",
        field_id=61,
        console_order=[world.console.pk],
    )
    AssetRules.objects.create(halo_credential=world.credential, gone_status=3, grace_days=30)
    NoiseSettings.objects.create(halo_credential=world.credential, storm_company=7)
    return world


CONFIGURED = (
    TicketRule,
    FieldMapping,
    ProductMapping,
    AssetRules,
    NoiseSettings,
    CompanyMapping,
    IntegrationProfile,
    EventSet,
)


def clear() -> None:
    for model in CONFIGURED:
        model._default_manager.all().delete()


def apply(text: str) -> Imported:
    return import_config(text, checksum=import_config(text).checksum)


def verdicts(done: Imported) -> set[str]:
    return {str(row.verdict) for row in done.rows}


def changed(text: str, section: str, /, **values: Any) -> str:
    told = yaml.safe_load(text)
    told[section][0].update(values)
    return str(yaml.safe_dump(told))


def test_what_was_exported_comes_back_whole(world: World) -> None:
    text, counts = export_config()
    assert all(number == 1 for name, number in counts.items() if name != "asset_update_limits")
    clear()
    assert verdicts(apply(text)) == {Verdict.NEW}
    assert export_config()[0] == text
    profile = IntegrationProfile.objects.get()
    assert (profile.ticket_type, profile.priority, profile.agent, profile.is_default) == (21, 2, 1, True)
    rule = TicketRule.objects.get()
    assert (rule.event_set.companies.get(), rule.profile) == (world.company, profile)
    assert CompanyMapping.objects.get().tickets_since
    assert FieldMapping.objects.get().console_order == [world.console.pk]


def test_a_second_import_changes_nothing(world: World) -> None:
    text, _ = export_config()
    clear()
    apply(text)
    stored = CompanyMapping.objects.get()
    done = apply(text)
    assert verdicts(done) == {Verdict.UNCHANGED}
    assert CompanyMapping.objects.get().mapped_at == stored.mapped_at


def test_a_preview_stores_nothing_and_another_checksum_neither(world: World) -> None:
    text = changed(export_config()[0], "integration_profiles", note_minutes=5)
    preview = import_config(text)
    (row,) = [row for row in preview.rows if row.verdict == Verdict.CHANGED]
    assert row.changes == {"note_minutes": (0, 5)}
    assert IntegrationProfile.objects.get().note_minutes == 0
    IntegrationProfile.objects.update(note_minutes=7)
    assert not import_config(text, checksum=preview.checksum).stored
    assert IntegrationProfile.objects.get().note_minutes == 7


def test_choices_of_halo_travel_by_name(world: World) -> None:
    text, _ = export_config()
    clear()
    for kind, number, other in (("ticket_type", "21", "121"), ("status", "1", "101"), ("sla", "4", "104")):
        HaloOption.objects.filter(kind=kind, halo_id=number).update(halo_id=other)
    HaloOption.objects.filter(kind="priority", parent="4").update(parent="104", halo_id="102")
    HaloAssetType.objects.update(halo_id=107)
    HaloField.objects.update(halo_id=161)
    HaloAssetType.objects.update(field_ids=[161])
    apply(text)
    profile = IntegrationProfile.objects.get()
    assert (profile.ticket_type, profile.status_open, profile.sla, profile.priority) == (121, 101, 104, 102)
    assert ProductMapping.objects.get().asset_type == 107
    assert FieldMapping.objects.get().field_id == 161


def test_what_is_missing_is_told_and_the_rest_goes_on(world: World) -> None:
    text, _ = export_config()
    clear()
    HaloOption.objects.filter(name="Alert").update(active=False)
    done = apply(text)
    told = {row.section: row for row in done.rows}
    assert told["integration_profiles"].verdict == Verdict.MISSING
    assert told["integration_profiles"].reason == "There is no ticket type called “Alert”."
    assert told["company_mappings"].verdict == Verdict.MISSING
    assert told["company_mappings"].reason == "There is no profile of Main called “P1”."
    assert EventSet.objects.count() == FieldMapping.objects.count() == 1
    assert IntegrationProfile.objects.count() == CompanyMapping.objects.count() == 0


def test_a_name_that_several_have_is_ambiguous_until_its_number_is_named(world: World) -> None:
    text, _ = export_config()
    clear()
    other = make_client(world.credential, name=world.client.name)
    done = apply(text)
    (row,) = [row for row in done.rows if row.section == "company_mappings"]
    assert row.verdict == Verdict.AMBIGUOUS
    assert f"({world.client.halo_id}, {other.halo_id})" in row.reason
    apply(
        changed(
            text, "company_mappings", halo_client={"name": other.name, "id": other.halo_id}, halo_site=None
        )
    )
    assert CompanyMapping.objects.get().halo_client == other
    assert yaml.safe_load(export_config()[0])["company_mappings"][0]["halo_client"]["id"] == other.halo_id


def test_another_client_for_a_mapped_company_is_left_to_its_preview(world: World) -> None:
    text, _ = export_config()
    other = make_client(world.credential, name="Somebody else")
    text = changed(text, "company_mappings", halo_client=other.name, halo_site=None)
    (row,) = [row for row in apply(text).rows if row.section == "company_mappings"]
    assert row.verdict == Verdict.REFUSED
    assert "another client or site is a preview" in row.reason
    assert CompanyMapping.objects.get().halo_client == world.client


def test_the_default_of_the_file_takes_the_place_of_another(world: World) -> None:
    text, _ = export_config()
    IntegrationProfile.objects.update(is_default=False)
    other = IntegrationProfile.objects.create(
        halo_credential=world.credential,
        name="Other",
        ticket_type=21,
        status_open=1,
        status_closed=9,
        is_default=True,
    )
    assert Verdict.REFUSED not in verdicts(apply(text))
    other.refresh_from_db()
    assert not other.is_default
    assert IntegrationProfile.objects.get(is_default=True).name == "P1"


@pytest.mark.parametrize(
    ("section", "values", "sentence"),
    [
        ("event_sets", {"event_typs": []}, "There is no column “event_typs” here."),
        ("event_sets", {"event_types": ["no.such"]}, "no.such"),
        ("integration_profiles", {"note_minutes": "often"}, "note_minutes"),
        ("integration_profiles", {"mail_end_user": "maybe"}, "mail_end_user: true or false is wanted."),
        (
            "integration_profiles",
            {"halo_credential": "Nobody"},
            "There is no HaloPSA credential called “Nobody”.",
        ),
        ("field_mappings", {"attribute": "no_such"}, "no_such"),
        ("company_mappings", {"halo_client": None}, "halo_client: a client is wanted"),
        ("company_mappings", {"company": {"console": 5}}, "5 is no name of a console."),
        ("company_mappings", {"ticket_rules": "all"}, "a list of event set and profile is wanted"),
        ("noise_settings", {"storm_minutes": 0}, "storm_minutes"),
    ],
)
def test_bad_values_are_told_with_their_row(
    world: World, section: str, values: dict[str, Any], sentence: str
) -> None:
    done = apply(changed(export_config()[0], section, **values))
    (row,) = [row for row in done.rows if row.verdict in (Verdict.REFUSED, Verdict.MISSING)]
    assert row.section == section
    assert sentence in row.reason


def test_an_empty_value_in_any_column_is_a_matter_of_its_row(world: World) -> None:
    text = export_config()[0]
    sections = {name: rows for name, rows in yaml.safe_load(text).items() if name != "format" and rows}
    for section, (row, *_) in sections.items():
        for column in row:
            assert import_config(changed(text, section, **{column: None})).rows, (section, column)


def test_a_row_that_lacks_what_it_belongs_to_leaves_the_others_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CompanySection, "take", lambda *told: CompanyMapping().halo_client)
    rows = import_config(export_config()[0]).rows
    (row,) = [row for row in rows if row.verdict == Verdict.REFUSED]
    assert (row.section, row.reason[:30]) == ("company_mappings", "It lacks what it belongs to: C")
    assert len(rows) > 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "The file is no YAML"),
        ("hello", "The file is no configuration of HaloBridge"),
        ("a: 2026-99-99", "The file is no YAML"),
        ("a: &x [1, 1]\nb: &y [*x, *x]\nc: [*y, *y]", "Line 2 refers to another place by *"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "Line 3 refers to another place by *"),
        ("format: halobridge-config/1\nrules: []", "There is no section “rules”."),
        ("format: halobridge-config/1\nevent_sets: 5", "The section “event_sets” is no list of rows."),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(text: str, sentence: str) -> None:
    with pytest.raises(BadFile) as told:
        import_config(text)
    assert sentence in str(told.value)


def test_what_is_not_in_the_file_stays(world: World) -> None:
    text, _ = export_config()
    EventSet.objects.create(name="Mine", event_types=["backup.failed"])
    company = make_company(world.console)
    map_company(company, world.client)
    apply(text)
    assert EventSet.objects.filter(name="Mine").exists()
    assert CompanyMapping.objects.filter(company=company).exists()


def test_the_file_has_no_secret(world: World) -> None:
    text, _ = export_config()
    assert world.credential.client_secret not in text
    assert "client_id" not in text


def test_an_export_takes_as_many_queries_for_many_rows(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            export_config()
        return len(found)

    before = queries()
    for number in range(5):
        client = HaloClient.objects.create(
            halo_credential=world.credential, halo_id=9000 + number, name=f"C{number}"
        )
        mapping = map_company(make_company(world.console), client)
        TicketRule.objects.create(company_mapping=mapping, event_set=world.event_set, profile=world.profile)
        made = EventSet.objects.create(name=f"Set {number}", event_types=["backup.failed"])
        made.companies.set([world.company])
    assert queries() == before


def test_the_commands_preview_then_store(world: World, tmp_path: Path) -> None:
    file, err = tmp_path / "config.yaml", StringIO()
    call_command("export_config", "--to", str(file), "--json", stdout=StringIO())
    clear()
    out = StringIO()
    call_command("import_config", str(file), "--json", stdout=out, stderr=err)
    *rows, last = json.loads(out.getvalue())
    assert {row["verdict"] for row in rows} == {"new"}
    assert last["verdict"] == "preview"
    assert f"--checksum {last['changes']}" in err.getvalue()
    with pytest.raises(CommandError, match="needs the --checksum"):
        call_command("import_config", str(file), "--apply")
    with pytest.raises(SystemExit):
        call_command("import_config", str(file), "--apply", "--checksum", "x", stdout=out, stderr=err)
    assert EventSet.objects.count() == 0
    call_command("import_config", str(file), "--apply", "--checksum", last["changes"], stdout=out, stderr=err)
    assert EventSet.objects.count() == 1
    printed = StringIO()
    call_command("export_config", stdout=printed)
    assert printed.getvalue().strip() == file.read_text().strip()
