"""Writes to HaloPSA, one by one: what was sent, what was answered, and whose fate nobody knows."""

from __future__ import annotations

from rest_framework import serializers

from integrations.api.resources import ReadResource
from integrations.models import Intention


class IntentionSerializer(serializers.ModelSerializer[Intention]):
    class Meta:
        model = Intention
        fields = [
            "id",
            "instance",
            "halo_credential",
            "kind",
            "marker",
            "lane",
            "subject_id",
            "state",
            "run",
            "attempts",
            "sent_at",
            "not_before",
            "halo_id",
            "request",
            "answer_status",
            "answer",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "lane": {"help_text": "What it is about, and what is written one after the other: `ticket:12`."}
        }


class IntentionViewSet(ReadResource):
    """Each write to HaloPSA, stored before it is sent. `state=staff`: nobody knows its fate; tickets are
    settled by `tickets/{id}/retry/`."""

    queryset = Intention.objects.all()
    serializer_class = IntentionSerializer
    filterset_fields = {
        "instance": ["exact"],
        "halo_credential": ["exact"],
        "kind": ["exact"],
        "state": ["exact"],
        "run": ["exact"],
        "marker": ["exact"],
        "lane": ["exact"],
        "halo_id": ["exact"],
        "created_at": ["gte", "lt"],
    }
    search_fields = ["^marker"]
    ordering = ["id"]
    ordering_fields = ["id"]
