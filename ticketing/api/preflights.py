"""Would HaloPSA take the tickets of a profile? What a look into it has said, and a ticket that tries it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.known_names import KnownNamesOnly
from integrations.api.problems import Conflict
from integrations.api.runs import RunSerializer, accepted
from integrations.models import HaloClient
from integrations.runs.request import request_preflight
from ticketing.api.tickets import TicketSerializer
from ticketing.models import IntegrationProfile, PreflightState
from ticketing.preflight.checks import FAILS, UNKNOWN, WARNS
from ticketing.preflight.outlook import outlook_of
from ticketing.preflight.trial import CannotTest, send_test_ticket


class FindingSerializer(serializers.Serializer[Any]):
    level = serializers.ChoiceField(
        choices=[FAILS, WARNS, UNKNOWN],
        help_text="`fails`: HaloPSA will refuse tickets. `unknown`: only a test ticket tells.",
    )
    about = serializers.CharField(help_text="The field of the profile, or empty.")
    words = serializers.CharField()


class PreflightSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        choices=PreflightState.choices, allow_null=True, help_text="null: not yet."
    )
    checked_at = serializers.DateTimeField(allow_null=True)
    due = serializers.BooleanField(help_text="The profile has changed since, or was never looked at.")
    findings = FindingSerializer(many=True)
    test_ticket = serializers.IntegerField(allow_null=True, help_text="Our id of the newest test ticket.")


class SendTestSerializer(KnownNamesOnly, serializers.Serializer[Any]):
    client = serializers.PrimaryKeyRelatedField(
        queryset=HaloClient.objects.all(), help_text="Our id of the client that the ticket is made for."
    )


class PreflightActions:
    """Adds `/preflight/` and `/test-ticket/` to a profile."""

    @extend_schema(responses={200: PreflightSerializer})
    @action(detail=True, methods=["get"], filter_backends=[], takes_nothing=True)
    def preflight(self, request: Request, pk: str) -> Response:
        """What the newest look into HaloPSA has said, less what a test ticket has answered since."""
        known = outlook_of(self.get_object())  # type: ignore[attr-defined]
        told = {
            "state": known.state,
            "checked_at": known.preflight.checked_at if known.preflight else None,
            "due": known.due,
            "findings": known.findings,
            "test_ticket": known.test.pk if known.test else None,
        }
        return Response(PreflightSerializer(told).data)

    @extend_schema(request=None, responses={202: RunSerializer})
    @preflight.mapping.post
    def look(self, request: Request, pk: str) -> Response:
        """Look again, at all profiles of its HaloPSA credential. Only reads."""
        profile: IntegrationProfile = self.get_object()  # type: ignore[attr-defined]
        return accepted(request_preflight(profile.halo_credential, requested_by=request.user), request)

    @extend_schema(request=SendTestSerializer, responses={201: TicketSerializer})
    @action(detail=True, methods=["post"], url_path="test-ticket", filter_backends=[])
    def test_ticket(self, request: Request, pk: str) -> Response:
        """Create, note and close a ticket marked as a test; what becomes of it is told by /tickets/{id}/."""
        sent = SendTestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            ticket = send_test_ticket(self.get_object(), sent.validated_data["client"], request.user)  # type: ignore[attr-defined]
        except CannotTest as problem:
            raise Conflict(str(problem)) from None
        return Response(TicketSerializer(ticket).data, status.HTTP_201_CREATED)
