"""A read that breaks off is not a disappearance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import pytest
from django.db import connection

from integrations.ingest import console_side, halo_side
from integrations.ingest.batches import batches
from integrations.models import Company, Computer, HaloClient, Location
from integrations.net.errors import LostAnswer, ShortList
from tests.integrations.ingest import builders as make

pytestmark = pytest.mark.django_db

T = TypeVar("T")


def broken(items: Iterable[T], error: Exception) -> Iterator[T]:
    yield from items
    raise error


@pytest.mark.parametrize(
    "error", [ShortList("too short"), LostAnswer("lost"), RuntimeError("a mistake of ours")]
)
def test_a_list_of_computers_that_breaks_off_stores_what_was_seen_and_misses_nothing(
    error: Exception,
) -> None:
    console = make.make_console()
    console_side.store_computers(console, make.make_computers(10))
    for _ in range(3):
        with pytest.raises(type(error)) as raised:
            console_side.store_computers(console, broken(make.make_computers(9, os_name="Linux"), error))
        assert raised.value is error
    assert Computer.objects.filter(os_name="Linux").count() == 9
    assert Computer.objects.filter(active=True, missed_reads=0).count() == 10


def test_a_list_of_companies_that_breaks_off_misses_neither_companies_nor_locations() -> None:
    console = make.make_console()
    console_side.store_companies(console, make.make_companies(10))
    for _ in range(3):
        with pytest.raises(ShortList):
            console_side.store_companies(console, broken(make.make_companies(11)[9:], ShortList("too short")))
    assert Company.objects.filter(active=True, missed_reads=0).count() == 11
    assert Location.objects.filter(active=True, missed_reads=0).count() == 11


def test_halo_pages_that_break_off_store_what_was_seen_and_miss_nothing() -> None:
    credential = make.make_credential()
    halo_side.store_clients(credential, [make.make_clients(10)])
    pages = [make.make_clients(4, reference="new"), make.make_clients(9, reference="new")[4:]]
    for _ in range(3):
        with pytest.raises(ShortList):
            halo_side.store_clients(credential, broken(pages, ShortList("too short")))
    assert HaloClient.objects.filter(reference="new").count() == 9
    assert HaloClient.objects.filter(active=True, missed_reads=0).count() == 10


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_network_is_read() -> None:
    console, credential = make.make_console(), make.make_credential()
    inside: list[bool] = []

    def reading(items: Iterable[T]) -> Iterator[T]:
        for item in items:
            inside.append(connection.in_atomic_block)
            yield item
        inside.append(connection.in_atomic_block)

    console_side.store_companies(console, reading(make.make_companies(3)))
    console_side.store_computers(console, reading(make.make_computers(1200)))
    halo_side.store_clients(credential, reading([make.make_clients(3), make.make_clients(5)[3:]]))
    halo_side.store_options(credential, "status", reading(make.make_options(3)))
    assert len(inside) == 4 + 1201 + 3 + 4
    assert not any(inside)


def test_what_came_before_an_error_is_handed_over_first() -> None:
    got: list[list[int]] = []
    with pytest.raises(ShortList):
        got.extend(batches(broken(range(5), ShortList("too short")), 2))
    assert got == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (4, [4]), (5, [4, 1]), (8, [4, 4])])
def test_batches_hold_everything_once_and_none_is_empty(count: int, sizes: list[int]) -> None:
    found = list(batches(range(count), 4))
    assert [len(batch) for batch in found] == sizes
    assert [item for batch in found for item in batch] == list(range(count))
