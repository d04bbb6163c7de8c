"""What every test shares: the network ends at this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.apart import WORDS, files_with
from tests.dovecot import Dovecot

_connect = socket.socket.connect
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "admin_client", "admin_user"}


_ON_EVERY_DATABASE = (
    "test_every_page",
    "test_query_counts",
    "test_every_list",
    "test_filters",
    "test_constant",
)
"""Tests of pages whose SQL is what they are about."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for no database is *pure*: a second pass on another database would tell nothing new.

    *Pages* are the tests of single pages and REST resources: what they store is tried on every database by
    the tests of the code below them, and every page and list is opened on each.
    """
    for item in items:
        for marker in WORDS:
            if item.get_closest_marker(marker) and item.path not in files_with(marker):
                raise pytest.UsageError(f"{item.nodeid} is {marker}, which tests/apart.py does not see.")
        if item.get_closest_marker("migrates") and item.config.getoption("nomigrations"):
            item.add_marker(pytest.mark.skip(reason="needs --migrations"))
        if {"admin", "api"} & set(item.path.parts) and not item.path.name.startswith(_ON_EVERY_DATABASE):
            item.add_marker(pytest.mark.pages)
        uses = set(getattr(item, "fixturenames", ())) & _DATABASE_FIXTURES
        apart = any(item.get_closest_marker(name) for name in ("faults", "browser", "redis"))
        if not uses and not apart and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.pure)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"localhost", ""}


@pytest.fixture(autouse=True)
def no_network_outside_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(str(address[0])):  # type: ignore[index]
            raise AssertionError(f"A test tried to reach {address!r}.")
        _connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def browser(client: Client) -> Client:
    """Somebody who may do everything is logged in. (The tests of `tests/browser` have a real one.)"""
    from tests.integrations.admin.made import make_superuser

    client.force_login(make_superuser())
    return client


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A real mail server with an empty mailbox. Tests that use it are marked with `needs_dovecot`."""
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()
