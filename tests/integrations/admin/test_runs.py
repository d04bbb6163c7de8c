"""The run page: where it stands, what came of it, and what staff can do about it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import Outcome, RunKind, RunState
from integrations.models import Run, Step
from tests.integrations.admin.made import (
    make_console,
    make_credential,
    make_entry,
    make_run,
    make_staff,
)

pytestmark = pytest.mark.django_db


def page_of(run: Run) -> str:
    return reverse("admin:integrations_run_change", args=(run.pk,))


def progress_of(run: Run) -> str:
    return reverse("admin:integrations_run_progress", args=(run.pk,))


def test_an_open_run_polls_and_works_without_a_script(browser: Client) -> None:
    run = make_run(state=RunState.RUNNING, ended_at=None, phase="Assets", done=3, total=12)

    page = browser.get(page_of(run)).content.decode()

    assert f'hx-get="{progress_of(run)}"' in page
    assert 'aria-valuenow="25"' in page
    assert "Assets: 3 of 12" in page
    assert '<meta http-equiv="refresh"' in page


def test_the_moving_part_asks_for_the_whole_page_when_the_run_has_ended(browser: Client) -> None:
    open_run, ended = make_run(state=RunState.RUNNING, ended_at=None), make_run()

    assert "HX-Refresh" not in browser.get(progress_of(open_run))
    assert browser.get(progress_of(ended))["HX-Refresh"] == "true"
    assert progress_of(ended) not in browser.get(page_of(ended)).content.decode()


def test_it_tells_calls_forecast_lower_bound_and_what_is_left(browser: Client) -> None:
    credential = make_credential()
    run = make_run(
        halo_credential=credential, instance=credential.instance, calls=41, forecast_calls=50, lower_bound=7
    )

    page = browser.get(page_of(run)).content.decode()

    for words in ("41", "50", "7", "fewest calls this could take", "180 left in 300 s"):
        assert words in page


def test_results_show_before_and_after_by_the_names_of_the_fields(browser: Client) -> None:
    run = make_run()
    make_entry(run, "PC-1", reason="Model was changed.")

    page = browser.get(page_of(run)).content.decode()

    assert "<del>Old</del> → <ins>New</ins>" in page
    assert "Model was changed." in page


def test_results_can_be_filtered_by_outcome(browser: Client) -> None:
    run = make_run()
    make_entry(run, "good-one")
    make_entry(run, "bad-one", outcome=Outcome.REFUSED)

    page = browser.get(page_of(run), {"outcome": "refused"}).content.decode()

    assert "bad-one" in page
    assert "good-one" not in page


def test_a_queued_run_can_be_cancelled(browser: Client) -> None:
    run = make_run(state=RunState.QUEUED, ended_at=None)

    browser.post(reverse("admin:integrations_run_cancel", args=(run.pk,)))

    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_a_running_one_is_asked_to_stop(browser: Client) -> None:
    run = make_run(state=RunState.RUNNING, ended_at=None)

    browser.post(reverse("admin:integrations_run_cancel", args=(run.pk,)))

    run.refresh_from_db()
    assert run.cancel_requested
    assert run.state == RunState.RUNNING
    assert "Stops before its next step" in browser.get(page_of(run)).content.decode()
    assert (
        "Stops before its next step"
        in browser.get(reverse("admin:integrations_run_changelist")).content.decode()
    )


def test_one_that_ended_in_the_step_in_which_it_was_asked_to_stop_says_so(browser: Client) -> None:
    run = make_run(state=RunState.SUCCEEDED, cancel_requested=True)

    assert "asked to stop during its last step" in browser.get(page_of(run)).content.decode()


def test_running_again_asks_for_a_new_run_of_the_same_kind(browser: Client) -> None:
    console = make_console()
    old = make_run(RunKind.SYNC_CONSOLE, console=console, slot=f"sync_console:{console.pk}")

    response = browser.post(reverse("admin:integrations_run_again", args=(old.pk,)))

    new = Run.objects.exclude(pk=old.pk).get()
    assert (new.kind, new.console, new.state) == (old.kind, console, RunState.QUEUED)
    assert Step.objects.filter(run=new).exists()
    assert response["Location"] == page_of(new)


def test_an_export_is_not_simply_run_again(browser: Client) -> None:
    run = make_run(RunKind.APPLY_ASSETS, halo_credential=make_credential())

    page = browser.get(page_of(run)).content.decode()

    assert "Run again" not in page
    assert "New preview" in page


def test_a_test_leads_on_to_the_sync_that_followed_it(browser: Client) -> None:
    credential = make_credential()
    test = make_run(RunKind.TEST_HALO, halo_credential=credential)
    sync = make_run(RunKind.SYNC_HALO, halo_credential=credential)

    page = browser.get(page_of(test)).content.decode()

    assert page_of(sync) in page


def test_whoever_may_only_look_cannot_cancel(client: Client) -> None:
    client.force_login(make_staff("auditor", "integrations.view_run"))
    run = make_run(state=RunState.RUNNING, ended_at=None)

    page = client.get(page_of(run))
    pressed = client.post(reverse("admin:integrations_run_cancel", args=(run.pk,)))

    assert page.status_code == 200
    assert "Cancel" not in page.content.decode()
    assert pressed.status_code == 403


def test_the_moving_part_is_closed_to_whoever_may_not_see_runs(client: Client) -> None:
    client.force_login(make_staff("new"))
    run = make_run()

    assert client.get(progress_of(run)).status_code == 403
    assert client.get(page_of(run)).status_code == 403


def test_a_run_that_is_gone_is_said_so(browser: Client) -> None:
    assert browser.get(reverse("admin:integrations_run_change", args=(999999,))).status_code == 404


# ---- the results ------------------------------------------------------------------------------


def results_of(run: Run, view: str = "results", query: str = "") -> str:
    return reverse(f"admin:integrations_run_{view}", args=(run.pk,)) + query


def test_results_of_a_run_at_work_are_asked_for_again_with_the_chosen_outcome(browser: Client) -> None:
    run = make_run(state=RunState.RUNNING, ended_at=None)
    make_entry(run, subject="PC-1", outcome=Outcome.DONE)
    make_entry(run, subject="PC-2", outcome=Outcome.REFUSED)

    page = browser.get(page_of(run), {"outcome": "refused"}).content.decode()
    assert f'hx-get="{results_of(run, query="?outcome=refused")}"' in page

    part = browser.get(results_of(run, query="?outcome=refused")).content.decode()
    assert "PC-2" in part
    assert "PC-1" not in part
    assert "<html" not in part


def test_results_of_an_ended_run_stay_as_they_are(browser: Client) -> None:
    run = make_run()
    assert results_of(run) not in browser.get(page_of(run)).content.decode()
    assert "hx-get" not in browser.get(results_of(run)).content.decode()


def test_results_can_be_kept_as_a_file_with_reasons_and_changes(browser: Client) -> None:
    run = make_run()
    make_entry(run, subject="PC-1", outcome=Outcome.DONE)
    make_entry(
        run,
        subject="=cmd()",
        outcome=Outcome.REFUSED,
        reason="HaloPSA says no.",
        before={"name": "Old"},
        after={"name": "New"},
    )
    answer = browser.get(results_of(run, "results_export", "?format=csv&outcome=refused"))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert f'filename="results-of-run-{run.pk}.csv"' in answer["Content-Disposition"]
    assert "HaloPSA says no.,Name: Old → New" in text
    assert "'=cmd()" in text
    assert "PC-1" not in text

    workbook = browser.get(results_of(run, "results_export", "?format=xlsx"))
    assert b"".join(workbook.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert browser.get(results_of(run, "results_export", "?format=pdf")).status_code == 404
