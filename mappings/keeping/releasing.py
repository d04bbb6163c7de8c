"""Letting go of held mappings: where assets are kept up to date by schedule, they are looked at at once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from mappings import linking
from mappings.models import CompanyMapping, ComputerMapping
from mappings.schedules import keepable, request_keeping


def release(mappings: QuerySet[ComputerMapping]) -> int:
    """Let the exports look after these mappings again; return how many were held. Three statements, and a
    scheduled update that is due now where their companies are switched on."""
    held = ComputerMapping.objects.filter(pk__in=mappings.values("pk"), held=True)
    on = CompanyMapping.objects.in_force().filter(enable_configuration=True, company__active=True)
    with transaction.atomic():
        mine = held.filter(computer__company__in=on.values("company")).order_by()
        credentials = set(mine.values_list("halo_credential", flat=True).distinct())
        number = linking.release(mappings)
        for credential in keepable().filter(pk__in=credentials):
            request_keeping(credential)
    return number
