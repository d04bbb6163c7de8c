"""What this floor offers under /api/v1/."""

from __future__ import annotations

from rest_framework.viewsets import ViewSetMixin

from ticketing.api.company_mappings import TicketedCompanyMappingViewSet
from ticketing.api.event_sets import EventSetViewSet
from ticketing.api.noise import (
    MaintenanceWindowViewSet,
    NoiseSettingsViewSet,
    SnoozeViewSet,
    StormViewSet,
)
from ticketing.api.profiles import IntegrationProfileViewSet
from ticketing.api.simulations import SimulationViewSet
from ticketing.api.ticket_rules import TicketRuleViewSet
from ticketing.api.tickets import AlertViewSet, TicketViewSet

ROUTES: list[tuple[str, type[ViewSetMixin]]] = [
    ("company-mappings", TicketedCompanyMappingViewSet),
    ("event-sets", EventSetViewSet),
    ("integration-profiles", IntegrationProfileViewSet),
    ("ticket-rules", TicketRuleViewSet),
    ("alerts", AlertViewSet),
    ("tickets", TicketViewSet),
    ("maintenance-windows", MaintenanceWindowViewSet),
    ("snoozes", SnoozeViewSet),
    ("noise-settings", NoiseSettingsViewSet),
    ("storms", StormViewSet),
    ("simulations", SimulationViewSet),
]
