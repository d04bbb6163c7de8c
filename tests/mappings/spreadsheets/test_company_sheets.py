"""Company mappings out of a sheet: each row has a verdict, and applying does what the mapping page does."""

from __future__ import annotations

import io
import tracemalloc
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.choices import Outcome, RunKind, RunState, UploadState
from integrations.models import Company, HaloClient, HaloCredential, HaloSite, Run
from integrations.sync.tables import files
from integrations.sync.tables.cells import BadFile
from mappings.linking import ignore_companies, map_company
from mappings.models import CompanyChange, CompanyMapping, IgnoredCompany, SheetVerdict
from mappings.spreadsheets.looking import look_at
from mappings.spreadsheets.taking import take_sheet
from tests.builders import make_console, make_credential
from tests.integrations.admin.made import make_superuser
from tests.mappings.builders import make_client, make_company, make_site
from tests.mappings.sheets import applied, csv_file, looked_at, rows_of, taken, verdicts, xlsx_file

pytestmark = pytest.mark.django_db


class Town:
    """A credential with one client of two sites, and a console with one company."""

    def __init__(self) -> None:
        self.credential: HaloCredential = make_credential()
        self.client: HaloClient = make_client(self.credential, "Alder Group", halo_id=71)
        self.site: HaloSite = make_site(self.client, "Main", halo_id=81)
        self.annex: HaloSite = make_site(self.client, "Annex", halo_id=82)
        self.console = make_console(name="Backup")
        self.company: Company = make_company(self.console, "Alder Dental", external_id="c1")

    def row(self, **more: Any) -> dict[str, Any]:
        return {"Company ID": "c1", "Halo client ID": "71", **more}

    @property
    def mapping(self) -> CompanyMapping:
        return CompanyMapping.objects.get(company=self.company, halo_credential=self.credential)


@pytest.fixture
def town() -> Town:
    return Town()


def only_row(town: Town, **told: Any) -> Any:
    (row,) = rows_of(looked_at(town.credential, [told]))
    return row


# ---- what a row would do --------------------------------------------------------------------


def test_a_new_pair_is_told_with_the_default_site_and_nothing_is_mapped_yet(town: Town) -> None:
    sheet = looked_at(town.credential, [town.row()])

    (row,) = rows_of(sheet)
    assert (row.verdict, row.name, row.number) == (SheetVerdict.CREATES, "Alder Dental", 2)
    assert (row.after["halo_client"]["name"], row.after["halo_site"]["name"]) == ("Alder Group", "Main")
    assert (sheet.state, sheet.counts) == (UploadState.READY, {"creates": 1})
    assert not CompanyMapping.objects.exists()


def test_things_may_be_named_instead_of_numbered_in_any_case(town: Town) -> None:
    row = only_row(
        town,
        Console="BACKUP",
        Company="alder  dental",
        Customer="ALDER GROUP",
        Site="annex",
    )

    assert row.verdict == SheetVerdict.CREATES
    assert row.after["halo_site"] == {"id": town.annex.pk, "name": "Annex"}


def test_what_is_so_already_is_a_count_and_no_row(town: Town) -> None:
    map_company(town.company, town.client, halo_site=town.annex, create_tickets=True)

    sheet = looked_at(town.credential, [town.row(**{"Create tickets": "yes"})])

    assert rows_of(sheet) == []
    assert sheet.counts == {"unchanged": 1}


def test_an_empty_cell_leaves_things_as_they_are(town: Town) -> None:
    map_company(town.company, town.client, halo_site=town.annex, create_tickets=True)
    rows = [{"Company ID": "c1", "Halo client": "", "Default site": "", "No notification": "yes"}]

    (row,) = rows_of(looked_at(town.credential, rows))

    assert row.verdict == SheetVerdict.CHANGES
    changed = {name for name, value in row.after.items() if row.before[name] != value}
    assert changed == {"no_notification"}


def test_an_exported_company_without_a_client_changes_nothing(town: Town) -> None:
    sheet = looked_at(town.credential, [{"Company ID": "c1", "State": "Unmapped", "Halo client ID": ""}])

    assert sheet.counts == {"unchanged": 1}


@pytest.mark.parametrize(
    ("told", "column", "reason"),
    [
        ({"Company ID": "c9"}, "Company ID (column A)", "There is no company with the id 'c9'."),
        ({"Company": "Birch"}, "Company (column A)", "There is no company 'Birch'."),
        (
            {"Company ID": "c1", "Company": "Birch"},
            "Company (column B)",
            "The company with the id c1 is called Alder Dental.",
        ),
        (
            {"Company ID": "c1", "Halo client ID": "99"},
            "Halo client ID (column B)",
            "There is no Halo client with the id '99'.",
        ),
        (
            {"Company ID": "c1", "Halo client": "Nobody"},
            "Halo client (column B)",
            "There is no Halo client 'Nobody'.",
        ),
        (
            {"Company ID": "c1", "Halo client ID": "71", "Default site": "Moon"},
            "Default site (column C)",
            "There is no site 'Moon' of the client Alder Group.",
        ),
        (
            {"Company ID": "c1", "Halo client ID": "71", "Create tickets": "perhaps"},
            "Create tickets (column C)",
            "This cell 'perhaps' is neither yes nor no.",
        ),
        (
            {"Company ID": "c1", "Create tickets": "yes"},
            "Create tickets (column B)",
            "The company is not mapped and no client is named: there is nothing that this could belong to.",
        ),
        ({"Company ID": "", "Halo client ID": "71"}, "Company", "The row names no company."),
    ],
)
def test_a_row_that_cannot_be_applied_says_why_and_in_which_column(
    town: Town, told: dict[str, str], column: str, reason: str
) -> None:
    row = only_row(town, **told)

    assert (row.verdict, row.column, row.reason) == (SheetVerdict.REFUSED, column, reason)


def test_a_name_that_several_have_is_refused_until_the_console_is_named(town: Town) -> None:
    other = make_company(make_console(name="RMM"), "Alder Dental")
    rows = [
        {"Company": "Alder Dental", "Halo client ID": "71", "Console": ""},
        {"Company": "Alder Dental", "Halo client ID": "71", "Console": "RMM"},
    ]

    first, second = rows_of(looked_at(town.credential, rows))

    assert first.reason == "Several have the name 'Alder Dental': give the id of the company."
    assert (second.verdict, second.subject_id) == (SheetVerdict.CREATES, other.pk)


def test_a_site_of_another_client_is_refused(town: Town) -> None:
    make_site(make_client(town.credential, "Birch"), "Elsewhere", halo_id=99)

    row = only_row(town, **town.row(**{"Default site ID": "99"}))

    assert row.reason == "This site is not one of the client Alder Group."


def test_an_inactive_client_is_refused_as_on_the_page(town: Town) -> None:
    HaloClient.objects.update(active=False)

    row = only_row(town, **town.row())

    assert (row.column, row.reason) == (
        "Halo client ID (column B)",
        "The Halo client Alder Group is not active.",
    )


def test_a_second_row_about_the_same_company_is_refused(town: Town) -> None:
    map_company(town.company, town.client)
    rows = [town.row(**{"Create tickets": ""}), town.row(**{"Create tickets": "yes"})]

    (row,) = rows_of(looked_at(town.credential, rows))

    assert row.reason == "Row 2 is about the same company; give it one row."


def test_a_company_of_another_credential_alone_is_not_found(town: Town) -> None:
    town.credential.associated_company = make_company(town.console)
    town.credential.save()

    assert only_row(town, **town.row()).reason == "There is no company with the id 'c1'."


def test_numbers_of_a_workbook_are_ids_as_well(town: Town) -> None:
    Company.objects.update(external_id="417")
    file = xlsx_file([{"Company ID": 417, "Halo client ID": 71.0, "Create tickets": True}])
    sheet = take_sheet(town.credential, "companies", file, "sheet.xlsx")

    look_at(sheet, None, lambda rows: None)

    assert verdicts(sheet) == [(2, SheetVerdict.CREATES)]


# ---- files ----------------------------------------------------------------------------------


def test_a_sheet_that_names_no_company_is_refused_at_once(town: Town) -> None:
    with pytest.raises(BadFile) as refused:
        taken(town.credential, [{"Client": "Alder Group", "Colour": "red"}])

    assert refused.value.sentence == (
        "No column says which company a row is about: “Company ID” or “Company” has to be there. "
        "The columns in row 1 are: Client, Colour."
    )


def test_a_million_rows_are_refused_before_any_of_them_is_judged(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 30)
    sheet = looked_at(town.credential, [town.row() for _ in range(1_000)])

    assert (sheet.state, sheet.reason) == (
        UploadState.FAILED,
        "There are more than 30 rows; upload them in parts.",
    )
    run = Run.objects.get(kind=RunKind.LOOK_SHEET)
    assert (run.state, run.error) == (RunState.FAILED, sheet.reason)
    assert rows_of(sheet) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(town: Town, settings: Any) -> None:
    settings.HALOBRIDGE_UPLOAD_MIB = 0

    with pytest.raises(BadFile, match="0 MiB are allowed"):
        take_sheet(town.credential, "companies", csv_file([town.row()]), "sheet.csv")


def test_a_long_file_takes_no_more_memory_than_a_short_one(town: Town) -> None:
    text = io.StringIO()
    text.write("Company ID,Halo client ID\n")
    text.writelines("c1,71\n" for _ in range(250_000))
    sheet = take_sheet(town.credential, "companies", io.BytesIO(text.getvalue().encode()), "sheet.csv")

    tracemalloc.start()
    with pytest.raises(BadFile, match="There are more than 200,000 rows"):
        look_at(sheet, None, lambda rows: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8_000_000


# ---- applying -------------------------------------------------------------------------------


def test_applying_maps_as_the_page_does_and_says_where_it_came_from(town: Town) -> None:
    staff = make_superuser()
    ignore_companies([town.company.pk], town.credential)
    sheet = looked_at(town.credential, [town.row(**{"Site": "Annex", "Create tickets": "yes"})])

    run = applied(sheet, staff)

    assert (run.state, run.totals, sheet.state) == (RunState.SUCCEEDED, {"done": 1}, UploadState.APPLIED)
    mapping = town.mapping
    assert (mapping.halo_client, mapping.halo_site) == (town.client, town.annex)
    assert mapping.create_tickets and mapping.tickets_since
    assert (mapping.mapped_by, mapping.reason) == (staff, "Row 2 of the sheet sheet.csv.")
    assert not IgnoredCompany.objects.exists()
    assert CompanyChange.objects.filter(company=town.company, changed_by=staff).count() == 2


def test_new_pairs_have_their_computers_matched_and_their_events_routed(town: Town) -> None:
    applied(looked_at(town.credential, [town.row()]))

    assert set(Run.objects.values_list("kind", flat=True)) >= {RunKind.MATCH, RunKind.ROUTE}


def test_a_changed_switch_leaves_the_rest_of_the_mapping_alone(town: Town) -> None:
    before = map_company(town.company, town.client, halo_site=town.annex, reason="Once.")
    sheet = looked_at(town.credential, [{"Company ID": "c1", "Enable configuration": "on"}])

    applied(sheet)

    after = town.mapping
    assert after.enable_configuration
    assert (after.halo_site, after.reason, after.mapped_at) == (town.annex, "Once.", before.mapped_at)


def test_what_was_changed_since_it_was_looked_at_is_refused_row_by_row(town: Town) -> None:
    birch = make_company(town.console, "Birch", external_id="c2")
    rows = [town.row(), {"Company ID": "c2", "Halo client ID": "71"}]
    sheet = looked_at(town.credential, rows)
    other = make_client(town.credential, "Chosen by hand")
    map_company(town.company, other)

    run = applied(sheet)

    first, second = rows_of(sheet)
    assert (first.outcome, second.outcome) == (Outcome.CHANGED_MEANWHILE, Outcome.DONE)
    assert first.reason.startswith("It was changed since the sheet was looked at; nothing was overwritten.")
    assert town.mapping.halo_client == other
    assert CompanyMapping.objects.filter(company=birch).exists()
    assert (run.state, run.error) == (RunState.PARTIAL, "1 row was refused; the others are applied.")


def test_a_client_that_became_inactive_meanwhile_refuses_its_row(town: Town) -> None:
    sheet = looked_at(town.credential, [town.row()])
    HaloClient.objects.update(active=False)

    applied(sheet)

    (row,) = rows_of(sheet)
    assert (row.outcome, row.reason) == (Outcome.FAILED, "The Halo client Alder Group is not active.")


def test_each_row_leaves_a_result_in_the_run(town: Town) -> None:
    run = applied(looked_at(town.credential, [town.row()]))

    (entry,) = run.entries.all()
    assert (entry.subject, entry.outcome) == ("Row 2: Alder Dental", Outcome.DONE)


def test_a_second_run_of_the_same_sheet_changes_nothing(town: Town) -> None:
    applied(looked_at(town.credential, [town.row()]))
    sheet = looked_at(town.credential, [town.row()])

    assert sheet.counts == {"unchanged": 1}


def test_looking_costs_the_same_statements_for_a_few_rows_as_for_hundreds(town: Town) -> None:
    assert statements_to_look(town, 3) == statements_to_look(town, 400) <= 20


def statements_to_look(town: Town, number: int) -> int:
    rows = []
    for _ in range(number):
        company, client = make_company(town.console), make_client(town.credential)
        make_site(client)
        rows.append({"Company ID": company.external_id, "Halo client": client.name})
    sheet = taken(town.credential, rows)
    with CaptureQueriesContext(connection) as captured:
        counts = look_at(sheet, None, lambda rows: None)
    assert counts == {"creates": number}
    return len(captured)
