"""A sheet whose request or worker died while it was applied: asked for again, the rest is done, once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from halobridge import importing
from integrations.admin.display import admin_url
from integrations.choices import Outcome, RunKind, RunState, StepState, UploadState
from integrations.models import Company, HaloCredential, Run
from mappings.models import CompanyMapping, MappingSheet
from mappings.spreadsheets import asking
from mappings.spreadsheets.asking import is_left_behind, request_apply, request_look
from tests.builders import make_console, make_credential
from tests.connected import execute_here
from tests.integrations.admin.made import make_superuser
from tests.mappings.builders import make_client, make_company
from tests.mappings.sheets import applied, looked_at, rows_of

pytestmark = pytest.mark.django_db
COMPANIES = 3


class Died(BaseException):
    """The process ends here."""


def die(*args: Any, **values: Any) -> Any:
    raise Died


@pytest.fixture
def credential() -> HaloCredential:
    return make_credential()


@pytest.fixture
def sheet(credential: HaloCredential) -> MappingSheet:
    console = make_console()
    rows = [
        {
            "Company ID": make_company(console).external_id,
            "Halo client ID": str(make_client(credential).halo_id),
        }
        for _ in range(COMPANIES)
    ]
    return looked_at(credential, rows)


def test_a_request_that_died_before_its_run_was_stored_can_be_made_again(
    sheet: MappingSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(asking, "request_run", die)
        with pytest.raises(Died):
            request_apply(sheet, sheet.checksum)
    sheet.refresh_from_db()
    assert sheet.state == UploadState.APPLYING
    assert is_left_behind(sheet)

    assert applied(sheet).state == RunState.SUCCEEDED
    assert sheet.state == UploadState.APPLIED
    assert CompanyMapping.objects.count() == COMPANIES


def test_what_a_dead_run_has_done_is_not_done_again(
    sheet: MappingSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mappings.spreadsheets.applying.AT_ONCE", 2)
    with monkeypatch.context() as patch:
        patch.setattr(importing, "conclude", die)
        with pytest.raises(Died):
            applied(sheet)
    before = set(CompanyMapping.objects.values_list("pk", "mapped_at"))
    Run.objects.filter(kind=RunKind.APPLY_SHEET).update(state=RunState.FAILED)

    sheet = MappingSheet.objects.get()
    assert applied(sheet).state == RunState.SUCCEEDED
    assert set(CompanyMapping.objects.values_list("pk", "mapped_at")) == before
    assert [row.outcome for row in rows_of(sheet)] == [Outcome.DONE] * COMPANIES


def test_while_its_run_is_at_work_a_second_click_gets_that_run(sheet: MappingSheet) -> None:
    first = request_apply(sheet, sheet.checksum)
    sheet = MappingSheet.objects.get()
    assert request_apply(sheet, sheet.checksum) == first
    assert not is_left_behind(sheet)


def test_a_worker_that_died_at_the_very_end_still_asks_for_matching(
    sheet: MappingSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = request_apply(sheet, sheet.checksum)
    with monkeypatch.context() as patch:
        patch.setattr(importing, "request_routing", die)
        patch.setattr(importing, "request_run", die)
        with pytest.raises(Died):
            execute_here(run)
    run.steps.update(state=StepState.QUEUED, lease_until=None, lease_token="")
    assert execute_here(run).state == RunState.SUCCEEDED
    assert Run.objects.filter(kind=RunKind.MATCH).exists()


def test_the_page_offers_to_go_on(client: Client, sheet: MappingSheet) -> None:
    MappingSheet.objects.update(state=UploadState.APPLYING)
    client.force_login(make_superuser())
    page = client.get(admin_url(sheet)).content.decode()
    assert "Applying it broke off before its end." in page
    assert "Go on" in page
    assert "Look again" not in page


def test_runs_of_sheets_have_kinds_of_their_own(sheet: MappingSheet) -> None:
    request_look(sheet)
    sheet.refresh_from_db()
    assert {run.kind for run in Run.objects.all()} == {RunKind.LOOK_SHEET}
    assert Company.objects.count() == COMPANIES


def test_runs_of_an_earlier_version_get_their_kind_and_those_of_uploads_stay(
    credential: HaloCredential,
) -> None:
    old = [
        Run.objects.create(kind=kind, parameters=parameters)
        for kind in (RunKind.LOOK_UPLOAD, RunKind.APPLY_UPLOAD)
        for parameters in ({"sheet": 7}, {"upload": 7})
    ]
    upgrade = import_module("integrations.migrations.0034_kinds_of_sheets")
    upgrade._name_sheets(apps, None)
    kinds = [Run.objects.get(pk=run.pk).kind for run in old]
    assert kinds == [RunKind.LOOK_SHEET, RunKind.LOOK_UPLOAD, RunKind.APPLY_SHEET, RunKind.APPLY_UPLOAD]
