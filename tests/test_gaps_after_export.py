"""The gap report after an export: what it has mended is looked at again at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.choices import RunKind, RunState, WriteMode
from integrations.management.reporting import execute_here
from integrations.models import HaloCredential, Run
from integrations.runs.request import request_gaps
from integrations.sandbox.server import Sandbox
from mappings.models import Gap, GapKind
from tests.connected import connect_halo, read_halo
from tests.exported import export, preview, push_computers

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(state_dir=tmp_path, seed=1) as running:
        running.switches.change(rate_limit_calls=0)
        yield running


def exported(sandbox: Sandbox, **values: str) -> HaloCredential:
    credential = connect_halo(sandbox, **values)
    read_halo(credential)
    console = push_computers(2)
    execute_here(request_gaps(credential))
    assert Gap.objects.filter(kind=GapKind.NOT_IN_HALO).count() == 2
    assert export(preview(console, credential)).state == RunState.SUCCEEDED
    return credential


def looking() -> list[Run]:
    return list(Run.objects.filter(kind=RunKind.GAPS, state=RunState.QUEUED))


def test_gaps_are_looked_for_again_when_an_export_has_ended(sandbox: Sandbox) -> None:
    exported(sandbox)
    (again,) = looking()
    execute_here(again)
    assert not Gap.objects.filter(kind=GapKind.NOT_IN_HALO).exists()


def test_an_export_that_only_looked_asks_for_nothing(sandbox: Sandbox) -> None:
    exported(sandbox, write_mode=WriteMode.OBSERVE)
    assert looking() == []
