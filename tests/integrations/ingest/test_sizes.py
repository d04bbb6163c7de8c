"""PostgreSQL is told of tables that were just filled."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.ingest import sizes
from integrations.ingest.sizes import learn_sizes_of
from integrations.models import Company, Computer
from tests.builders import make_console

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's statistics")


def told(*models: type) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        learn_sizes_of(*models)
    return [query["sql"] for query in queries]


@postgresql
@pytest.mark.django_db(transaction=True)
def test_a_table_that_was_just_filled_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "FEW", 10)
    with connection.cursor() as cursor:  # what other tests have left behind is looked at by now
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("ANALYZE integrations_company, integrations_computer")
    console = make_console()
    Company.objects.bulk_create(Company(console=console, external_id=f"c{n}", name="C") for n in range(50))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    assert told(Company, Computer)[1:] == ['ANALYZE "integrations_company"']
    assert len(told(Company, Computer)) == 1


@pytest.mark.django_db
def test_nothing_is_asked_within_a_transaction() -> None:
    assert told(Company, Computer) == []
