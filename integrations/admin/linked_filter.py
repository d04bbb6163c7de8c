"""Which other integration links a client or an asset."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from integrations.ingest.other_integrations import INTEGRATIONS, linked_by

PARAMETER = "linked_by"


class LinkedFilter(DropdownFilter):
    title = "linked by another integration"
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in INTEGRATIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(linked_by(chosen)) if chosen in INTEGRATIONS else queryset
