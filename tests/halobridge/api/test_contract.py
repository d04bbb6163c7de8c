"""Every operation of the OpenAPI description, called by schemathesis with input that fits it and input that
does not: no 5xx, no status, header or answer that is not described."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from schemathesis.core.failures import FailureGroup

from integrations.api import waiting
from tests.halobridge.api.contract import (
    CHECKS,
    call_each_way,
    one_connection,
    operations_of,
    read_description,
)
from tests.halobridge.api.worlds import World
from tests.integrations.api.clients import make_account, make_token

pytestmark = pytest.mark.django_db

PARTS = 6
LONG = os.environ.get("HALOBRIDGE_LONG") == "1"
EXAMPLES = 50 if LONG else 4


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_answers_as_it_is_described(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT", 0.0)
    World().grow(2)
    key = make_token(make_account(is_superuser=True))
    wrong: dict[str, str] = {}

    def call(case: Any) -> None:
        # Each case finds the same world.
        with transaction.atomic():
            try:
                case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Token {key}"})
            except FailureGroup as found:
                for problem in found.exceptions:
                    wrong.setdefault(
                        f"{case.operation.label} {problem!r}", f"{problem}\n{case.as_curl_command()}"
                    )
            transaction.set_rollback(True)

    with one_connection():
        for operation in operations_of(read_description(), part, PARTS):
            call_each_way(operation, call, EXAMPLES, boundaries=LONG)
    assert not wrong, "\n\n".join(f"{name}\n{told}" for name, told in wrong.items())
