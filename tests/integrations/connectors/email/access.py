"""Consoles of tests: access to a mailbox."""

from __future__ import annotations

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.email.connector import EmailConnector
from tests.dovecot import PASSWORD, USER, Dovecot


def connector_of(server: Dovecot, **credentials: str) -> EmailConnector:
    return EmailConnector(
        ConsoleAccess(
            base_url=server.address,
            credentials={"user": USER, "password": PASSWORD, **credentials},
            allow_private=("127.0.0.1",),
            ca_bundle=str(server.certificate),
        )
    )
