"""What is done to many companies in one call: bodies, and answers that are counts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.known_names import KnownNamesOnly
from integrations.api.numbers import OurId
from integrations.models import Console, HaloCredential
from mappings.linking import takes_imports

MOST = 1000
"""Ids in one call."""


def ids(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=OurId(),
        required=False,
        max_length=MOST,
        help_text=help_text,
    )


class AcceptSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """Either `suggestions`, or `exact` for all exact ones of a credential (and console)."""

    suggestions = ids("Suggestions to accept; ambiguous ones are left alone.")
    exact = serializers.BooleanField(default=False)
    halo_credential = serializers.PrimaryKeyRelatedField(
        queryset=HaloCredential.objects.all(), required=False
    )
    console = serializers.PrimaryKeyRelatedField(queryset=Console.objects.all(), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["exact"] == ("suggestions" in attrs):
            raise serializers.ValidationError("Send either `suggestions` or `exact`.")
        if attrs["exact"] and "halo_credential" not in attrs:
            raise serializers.ValidationError({"halo_credential": "Name the HaloPSA credential."})
        return attrs


class AcceptedSerializer(serializers.Serializer[Any]):
    mapped = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Ambiguous, ignored, or mapped meanwhile.")


class SwitchManySerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """Switches that are absent stay as they are."""

    mappings = serializers.ListField(child=OurId(), max_length=MOST)
    create_tickets = serializers.BooleanField(required=False)
    no_notification = serializers.BooleanField(required=False)
    enable_configuration = serializers.BooleanField(required=False)


class SwitchedSerializer(serializers.Serializer[Any]):
    """How many mappings each switch changed."""

    create_tickets = serializers.IntegerField()
    no_notification = serializers.IntegerField()
    enable_configuration = serializers.IntegerField()


class ImportSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    """Either `halo_clients`, or `search` for all clients that match ("" for all of them)."""

    console = serializers.PrimaryKeyRelatedField(queryset=Console.objects.all())
    halo_credential = serializers.PrimaryKeyRelatedField(queryset=HaloCredential.objects.all())
    halo_clients = ids("Clients to import.")
    search = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Words in name, reference or domain."
    )

    def validate_console(self, console: Console) -> Console:
        if not takes_imports(console):
            raise serializers.ValidationError(
                f"{console} reads its companies from the vendor; only consoles that have none take clients."
            )
        return console

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("search" in attrs) == ("halo_clients" in attrs):
            raise serializers.ValidationError("Send either `halo_clients` or `search`.")
        if attrs["halo_credential"].associated_company_id is not None:
            raise serializers.ValidationError(
                {"halo_credential": "This credential is associated with one company: it imports nothing."}
            )
        return attrs


class LeftOutSerializer(serializers.Serializer[Any]):
    halo_client = serializers.IntegerField(help_text="Our id, as it was sent.")
    name = serializers.CharField(help_text="Empty if there is no such client.")
    reason = serializers.CharField(help_text="A sentence for a person.")


class ImportedSerializer(serializers.Serializer[Any]):
    made = serializers.IntegerField(help_text="Companies made and mapped.")
    reused = serializers.IntegerField(
        help_text="Companies of the console with the same name, mapped instead."
    )
    left = serializers.IntegerField(help_text="Clients that stay out; `left_out` says why each does.")
    left_out = LeftOutSerializer(many=True)
