"""A console without a network side: whatever can send JSON sends companies, computers and events to us."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.connectors import bodies
from integrations.connectors.base import WEBHOOK_SECRET, Abilities, BadDelivery, Connector
from integrations.connectors.push import parse
from integrations.records import CheckResult, EventRecord


class PushConnector(Connector):
    kind = "push"
    label = "Any tool that sends JSON (push)"
    abilities = Abilities(webhook=True, pushed=True)
    credential_fields = (WEBHOOK_SECRET,)

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[EventRecord]:
        """Events in the words of the REST API. Bad items are told together; the good ones come along."""
        items = bodies.posted_items(body)
        problems = [
            f"Item {position} {problem}."
            for position, item in enumerate(items, start=1)
            if (problem := parse.problem_of(item))
        ]
        zone = self.access.zone
        records = [parse.event(item, zone) for item in items if parse.problem_of(item) is None]
        if problems:
            raise BadDelivery(" ".join(problems), tuple(records))
        return records

    def _probe(self) -> CheckResult:
        return CheckResult(
            ok=True, message="Ready: this console waits for what is sent to the REST API or to its webhook."
        )
