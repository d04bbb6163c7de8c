"""Indexes that are made while the application goes on: searches for words within columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState

from integrations.models import Event
from integrations.models.long_tables import IndexSearchedColumns

INDEX = IndexSearchedColumns("event", "tried_search", ["title", "external_id"])
postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="trigrams are PostgreSQL's")


@pytest.fixture
def make(transactional_db: None) -> Iterator[Any]:
    state = ProjectState.from_apps(apps)

    def run(way: str = "database_forwards") -> None:
        with connection.schema_editor(atomic=False) as editor:
            getattr(INDEX, way)("integrations", editor, state, state)

    yield run
    run("database_backwards")


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, Event._meta.db_table))


@postgresql
@pytest.mark.parametrize("column", ["title", "external_id"])
def test_the_index_finds_words_in_each_of_its_columns(make: Any, column: str) -> None:
    make()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
    try:
        plan = Event.objects.filter(**{f"{column}__icontains": "backup"}).order_by().explain()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan")
    assert "tried_search" in plan


@postgresql
def test_it_may_be_made_again_and_taken_away(make: Any) -> None:
    make()
    make()
    assert "tried_search" in indexes()
    make("database_backwards")
    assert "tried_search" not in indexes()


@postgresql
def test_an_account_that_may_not_create_the_extension_goes_on_without(make: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS pg_trgm CASCADE")
        cursor.execute("CREATE ROLE may_not_create NOSUPERUSER")
        cursor.execute("SET ROLE may_not_create")
    try:
        make()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE may_not_create")
    assert "tried_search" not in indexes()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="what happens elsewhere")
def test_nothing_happens_on_sqlite(make: Any) -> None:
    make()
    assert "tried_search" not in indexes()
