"""Connections whose stored secrets no key opens: told as failed at once, not by the first run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from integrations.choices import ConnectionState
from integrations.models import Console, HaloCredential
from integrations.models.fields import UNREADABLE, is_unreadable
from integrations.runs.request import request_console_test, request_halo_test


def mark_unreadable() -> int:
    """To be called when keys may have changed, at a start. Returns how many connections can't be read; those
    that can be read again are tested."""
    return sum(
        (
            _mark(HaloCredential.objects.defer("access_token"), "client_secret", request_halo_test),
            _mark(Console.objects.defer("access_token"), "credentials", request_console_test),
        )
    )


def _mark(rows: Any, field: str, test: Callable[[Any], Any]) -> int:
    known = list(rows)
    lost = [row.pk for row in known if is_unreadable(getattr(row, field))]
    _fail(rows, lost)
    for row in known:
        if row.pk not in lost and row.state == ConnectionState.FAILED and row.state_reason == UNREADABLE:
            rows.filter(pk=row.pk).update(state=ConnectionState.UNTESTED, state_reason="")
            test(row)
    return len(lost)


def _fail(rows: Any, lost: Iterable[int]) -> None:
    told = Q(state=ConnectionState.FAILED, state_reason=UNREADABLE)
    rows.filter(pk__in=lost).exclude(told).update(
        state=ConnectionState.FAILED, state_reason=UNREADABLE, failing_since=Coalesce("failing_since", Now())
    )
