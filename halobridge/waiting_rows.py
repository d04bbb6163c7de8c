"""Rows that wait for somebody: the overview and the navigation count the same ones."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from integrations.choices import IntentionState, MailState
from integrations.models import Console, HaloCredential, Intention, Mail, RawDelivery
from mappings.models import ComputerReview


def undecided_reviews() -> QuerySet[ComputerReview]:
    return ComputerReview.objects.filter(**_any_of(halo_credential=HaloCredential), decided_at__isnull=True)


def unsettled_writes() -> QuerySet[Intention]:
    return Intention.objects.filter(state=IntentionState.STAFF)


def unread_mails() -> QuerySet[Mail]:
    return Mail.objects.filter(**_any_of(console=Console), state=MailState.REFUSED)


def problem_deliveries() -> QuerySet[RawDelivery]:
    return RawDelivery.objects.exclude(error="")


def _any_of(**parent: Any) -> dict[str, Any]:
    """Rules nothing out: it leads the database to an index that begins with the few there are of these."""
    return {f"{name}__in": model.objects.order_by().values("pk") for name, model in parent.items()}
