"""Which computers a connector need not ask for one by one: those of which hardware is stored."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.ingest.console_side import ids_with_hardware, store_computers
from integrations.records import ComputerRecord
from tests.builders import make_console

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({}, False),
        ({"model": "T14", "ip_addresses": ("10.0.0.1",)}, False),
        ({"serial_number": "S1"}, True),
        ({"manufacturer": "Dell Inc."}, True),
        ({"mac_addresses": ("00:15:5d:01:02:03",)}, True),
    ],
)
def test_a_serial_number_a_manufacturer_or_a_mac_address_will_do(fields: dict[str, Any], known: bool) -> None:
    console = make_console()
    store_computers(console, [ComputerRecord("a", "PC", **fields)])

    assert ids_with_hardware(console) == ({"a"} if known else set())


def test_computers_of_other_consoles_and_those_that_are_gone_do_not_count() -> None:
    here, there = make_console(), make_console()
    store_computers(there, [ComputerRecord("a", "PC", serial_number="S1")])
    store_computers(here, [ComputerRecord("b", "PC", serial_number="S2"), ComputerRecord("c", "PC")])
    here.computers.filter(external_id="b").update(active=False)

    assert ids_with_hardware(here) == frozenset()
    assert ids_with_hardware(there) == {"a"}
