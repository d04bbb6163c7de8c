"""Upgrades: a database of an earlier state, with data in it, takes all later migrations and keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

FIRST = [("integrations", "0001_initial"), ("mappings", "0001_initial"), ("ticketing", "0001_initial")]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.migrates]


def one_by_one() -> MigrationExecutor:
    """As a database is migrated that began before the first migrations were put together."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def migrate_to(targets: list[tuple[str, str]]) -> Any:
    """The models as they were at these migrations."""
    one_by_one().migrate(targets)
    return one_by_one().loader.project_state(targets).apps


def newest() -> list[tuple[str, str]]:
    loader = one_by_one().loader
    return [key for key in loader.graph.leaf_nodes() if not loader.graph.nodes[key].replaces]


@pytest.fixture
def first_apps() -> Iterator[Any]:
    yield migrate_to(FIRST)
    migrate_to(newest())


def make_old_data(apps: Any) -> None:
    def model(name: str) -> Any:
        return apps.get_model("integrations", name)

    instance = model("Instance").objects.create(
        resource_server="https://acme.example/api", tenant="acme", batch_size=100, marker_field_id=61
    )
    credential = model("HaloCredential").objects.create(
        name="Main",
        instance=instance,
        resource_server="https://acme.example/api",
        client_id="id",
        client_secret="secret-of-the-first-release",
        permissions=[{"name": "Read assets", "state": "works", "needed_for": "", "grant": ""}],
        write_mode="write",
        state="working",
        synced_at=timezone.now(),
    )
    client = model("HaloClient").objects.create(halo_credential=credential, halo_id=12, name="Alder")
    model("HaloAsset").objects.create(
        halo_credential=credential, halo_id=501, name="PC-1", client=client, fields={"2": "5CG1"}
    )
    model("HaloField").objects.create(halo_credential=credential, halo_id=2, name="Serial Number")
    model("Run").objects.create(kind="sync_halo", state="succeeded", halo_credential=credential)


def test_a_database_of_the_first_state_keeps_its_data(first_apps: Any) -> None:
    make_old_data(first_apps)
    apps = migrate_to(newest())
    credential = apps.get_model("integrations", "HaloCredential").objects.get()
    assert credential.client_secret == "secret-of-the-first-release"
    assert (credential.write_mode, credential.instance.batch_size) == ("write", 100)
    assert credential.instance.batches_allowed
    assert credential.can_edit_assets is None
    asset = apps.get_model("integrations", "HaloAsset").objects.get()
    assert (asset.client.name, asset.fields, asset.serial_number) == ("Alder", {"2": "5CG1"}, "")


def test_pages_of_the_present_read_what_the_first_state_stored(first_apps: Any) -> None:
    make_old_data(first_apps)
    migrate_to(newest())
    from integrations.models import HaloCredential

    credential = HaloCredential.objects.get()
    assert credential.lacks("read_assets") == ""
    assert credential.may_write


def test_the_migration_of_a_new_database_comes_to_the_same_as_those_that_it_replaces() -> None:
    together = MigrationLoader(connection)
    apart = MigrationLoader(connection, replace_migrations=False)
    ours = {"integrations", "mappings", "ticketing"}

    def told(loader: MigrationLoader, ends: list[tuple[str, str]]) -> dict[Any, Any]:
        models = loader.project_state([key for key in ends if key[0] in ours]).models
        return {
            key: (
                {name: field.deconstruct()[1:] for name, field in state.fields.items()},
                {name: value for name, value in state.options.items() if value},
            )
            for key, state in models.items()
            if key[0] in ours
        }

    assert told(together, together.graph.leaf_nodes()) == told(apart, newest())
