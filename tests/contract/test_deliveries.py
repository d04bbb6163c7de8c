"""What consoles post to us is read as tolerantly as what we read from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.connectors.base import BadDelivery, ConsoleAccess
from integrations.records import EventRecord
from integrations.registry import connector_class
from tests.contract import cases
from tests.contract.changing import AWKWARD, grown, without
from tests.contract.missing import fields_of
from tests.contract.recorded import KINDS, RecordedConsole, sample
from tests.contract.shape import AnyRecord, as_json
from tests.contract.times import FORMS, ZONE, to_seconds

POSTING = [kind for kind in KINDS if connector_class(kind).abilities.webhook]


def deliver(kind: str, data: Any, access: ConsoleAccess | None = None) -> list[AnyRecord]:
    connector = connector_class(kind)(access or RecordedConsole(kind).access())
    return list(connector.parse_webhook(json.dumps(data, ensure_ascii=False).encode(), {}))


@pytest.mark.case(cases.UNKNOWN)
@pytest.mark.parametrize("kind", POSTING)
def test_fields_that_nobody_knows_change_no_delivery(kind: str) -> None:
    found = deliver(kind, grown("", sample(kind, "webhook.json")))

    assert as_json(found) == sample(kind, "expected/webhook.json")


@pytest.mark.case(cases.MISSING)
@pytest.mark.parametrize("kind", POSTING)
def test_a_delivery_without_a_field_is_read_or_refused_with_a_sentence(kind: str) -> None:
    data = sample(kind, "webhook.json")
    whole = len(sample(kind, "expected/webhook.json"))
    counts, sentences = set(), []
    for name in dict.fromkeys(fields_of(data)):
        for null in (False, True):
            try:
                counts.add(len(deliver(kind, without("", name, null=null)("", data))))
            except BadDelivery as error:
                sentences.append(error.sentence)

    assert whole in counts
    assert counts <= {whole, 0}
    assert [sentence for sentence in sentences if not sentence.endswith(".")] == []


@pytest.mark.case(cases.UNICODE)
@pytest.mark.parametrize("kind", ["push"])
def test_a_pushed_event_may_be_told_in_every_letter_there_is(kind: str) -> None:
    (event,) = as_json(deliver(kind, {"external_id": "1", "title": f"Disk{AWKWARD}", "message": AWKWARD}))

    assert (event["title"], event["message"]) == (f"Disk{AWKWARD}", AWKWARD.strip())


@pytest.mark.case(cases.TIMES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["push"])
def test_a_pushed_time_is_read_in_every_form(kind: str, form: str) -> None:
    when = datetime(2026, 3, 4, 5, 55, 7, tzinfo=UTC)
    sent = FORMS[form](when, ZoneInfo(ZONE))
    (event,) = deliver(kind, {"external_id": "1", "occurred_at": sent}, ConsoleAccess(time_zone=ZONE))

    assert isinstance(event, EventRecord)
    assert to_seconds(event.occurred_at) == when
