"""What a change of rules sets in motion."""

from __future__ import annotations

from integrations.models import HaloCredential
from integrations.runs.request import request_delivery, request_routing


def look_again(credential: HaloCredential) -> None:
    """Events and alerts may have been waiting for just this."""
    request_routing()
    request_delivery(credential.instance)
