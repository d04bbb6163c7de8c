"""What a sync will cost is told before, and comes true."""

from __future__ import annotations

import pytest

from integrations.choices import RunState
from integrations.models import HaloCredential, Instance
from integrations.runs.mirror_forecast import MirrorForecaster
from integrations.sandbox.server import Sandbox
from tests.connected import read_halo
from tests.halobridge.mirror.looking import choose, refuse

pytestmark = pytest.mark.django_db


def forecaster(credential: HaloCredential) -> MirrorForecaster:
    return MirrorForecaster(HaloCredential.objects.get(pk=credential.pk))


def test_after_a_full_read_the_next_one_costs_what_was_foretold(credential: HaloCredential) -> None:
    read_halo(credential)
    told = forecaster(credential).both
    run = read_halo(credential)
    assert run.state == RunState.SUCCEEDED
    assert (told.full.calls, told.full.at_least) == (run.calls, False)
    assert run.forecast_calls == run.calls


def test_a_read_of_changes_costs_one_call_for_each_list(sandbox: Sandbox, credential: HaloCredential) -> None:
    read_halo(credential)
    sandbox.clock.advance(400 * 24 * 3600)
    read_halo(credential, full=False)
    sandbox.clock.advance(1200)
    told = forecaster(credential).both.incremental
    run = read_halo(credential, full=False)
    assert told.calls == run.forecast_calls == run.calls == 4


def test_before_anything_was_read_it_is_at_least_so_much(credential: HaloCredential) -> None:
    told = forecaster(credential).both.full
    assert told.at_least
    assert "at least" in str(told)
    assert 0 < told.calls <= read_halo(credential).calls


def test_what_is_switched_off_or_refused_is_not_counted(credential: HaloCredential) -> None:
    read_halo(credential)
    choose(credential, resources=["clients", "sites"])
    assert forecaster(credential).both.full.calls == read_halo(credential).calls == 2
    choose(credential, resources=["clients", "licences"])
    refuse(credential, "read_licences")
    credential.refresh_from_db()
    assert forecaster(credential).both.full.calls == read_halo(credential).calls == 1


def test_minutes_follow_from_the_share_that_a_mirror_has_of_the_window(credential: HaloCredential) -> None:
    read_halo(credential)
    HaloCredential.objects.update(budget_calls=20, budget_seconds=300)
    told = forecaster(credential).both.full
    # 12 of 20 calls are the mirror's: so many windows have to pass before the last call.
    assert told.seconds // 300 == (told.calls - 1) // 12
    assert f"{told.minutes} min" in str(told)


def test_a_list_that_proves_itself_is_read_once_more(credential: HaloCredential) -> None:
    read_halo(credential)
    proven = forecaster(credential).both.full.calls
    Instance.objects.update(list_fields_proven=False)
    assert forecaster(credential).both.full.calls == proven + 1
    Instance.objects.update(list_reads_allowed=False)
    assert forecaster(credential).both.full.calls == proven
