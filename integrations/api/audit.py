"""The audit log: who changed what, with the values before and after. Secrets are never in it."""

from __future__ import annotations

from rest_framework import serializers

from integrations.api.resources import ReadResource
from integrations.models import AuditEntry


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    class Meta:
        model = AuditEntry
        fields = [
            *["id", "at", "action", "who", "account", "source", "address", "place", "request_id", "run"],
            *["kind", "object_id", "name", "rows", "summary", "changes"],
        ]
        read_only_fields = fields
        extra_kwargs = {
            "changes": {
                "help_text": "By field: before and after, or (of lists) removed and added; a secret is only "
                "said to have changed."
            }
        }


class AuditEntryViewSet(ReadResource):
    """What staff and programs have changed, started or downloaded; for administrators and auditors."""

    queryset = AuditEntry.objects.all()
    serializer_class = AuditEntrySerializer
    filterset_fields = {
        "at": ["gte", "lt"],
        "action": ["exact", "in"],
        "source": ["exact", "in"],
        "account": ["exact"],
        "kind": ["exact", "in"],
        "object_id": ["exact"],
        "request_id": ["exact"],
        "run": ["exact"],
    }
    search_fields = ["who", "name", "summary"]
    ordering_fields = ["id", "at"]
