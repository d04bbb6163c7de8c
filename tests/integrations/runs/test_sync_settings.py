"""What staff want to be read, and when all of it is due again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from integrations.choices import OptionKind, ReadState, Resource, SyncMode
from integrations.models import MirrorState, SyncSettings
from integrations.runs.sync_settings import full_is_due, interval_of, settings_of, settings_of_many
from integrations.sync.rights import FIELD_NEEDS, OPTION_NEEDS, RESOURCE_NEEDS
from tests.builders import make_credential

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def state(resource: str, hours_ago: float | None, how: str = ReadState.DONE) -> MirrorState:
    full_at = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    return MirrorState(resource=resource, state=how, full_at=full_at)


def test_a_credential_without_settings_has_the_defaults() -> None:
    chosen = settings_of(make_credential())
    assert chosen.pk is None
    assert chosen.resources == list(Resource.values)
    assert (chosen.mode, chosen.include_inactive) == (SyncMode.INCREMENTAL, True)


def test_the_settings_of_many_credentials_cost_one_query(
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    first, second = make_credential(), make_credential()
    SyncSettings.objects.create(halo_credential=second, full_hours=5)
    with django_assert_num_queries(1):
        chosen = settings_of_many([first, second])
    assert [chosen[first.pk].full_hours, chosen[second.pk].full_hours] == [24, 5]


def test_the_interval_is_the_installations_own_unless_set(settings: LazySettings) -> None:
    settings.HALOBRIDGE_SYNC_INTERVAL = 45
    assert interval_of(SyncSettings()) == timedelta(minutes=45)
    assert interval_of(SyncSettings(interval_minutes=10)) == timedelta(minutes=10)


def test_all_is_due_where_nothing_was_read_and_when_the_hours_are_over() -> None:
    chosen = SyncSettings(full_hours=24)
    assert full_is_due(chosen, [], NOW)
    assert not full_is_due(chosen, [state("clients", 23), state("sites", 1)], NOW)
    assert full_is_due(chosen, [state("clients", 24), state("sites", 1)], NOW)


def test_all_is_due_each_time_where_staff_want_so() -> None:
    assert full_is_due(SyncSettings(mode=SyncMode.FULL), [state("clients", 0)], NOW)


@pytest.mark.parametrize("how", [ReadState.FAILED, ReadState.OFF])
def test_what_can_not_be_read_does_not_make_the_rest_be_read_in_full(how: ReadState) -> None:
    states = [state("clients", 1), state("assets", 100, how), state("licences", None, how)]
    assert not full_is_due(SyncSettings(), states, NOW)


def test_what_is_not_wanted_is_not_due() -> None:
    states = [state("clients", 1), state("assets", 100)]
    assert not full_is_due(SyncSettings(resources=["clients"]), states, NOW)


def test_all_that_is_mirrored_has_the_permission_that_it_needs() -> None:
    assert set(RESOURCE_NEEDS) == set(Resource)
    assert set(OPTION_NEEDS) == set(OptionKind)
    assert "asset" in FIELD_NEEDS
