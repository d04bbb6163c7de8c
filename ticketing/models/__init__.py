"""Which events matter, what tickets they become, and what has become of them."""

from ticketing.models.alerts import Alert, AlertEvent, Decision
from ticketing.models.noise import MaintenanceWindow, NoiseSettings, Repeat, Snooze, Storm, StormState
from ticketing.models.preflights import Preflight, PreflightState
from ticketing.models.profiles import (
    AfterPerson,
    ClosingPolicy,
    EventSet,
    Grouping,
    IntegrationProfile,
    TicketRule,
)
from ticketing.models.simulations import Simulation
from ticketing.models.tickets import Ticket, TicketState, TicketWatch

__all__ = [
    "AfterPerson",
    "Alert",
    "AlertEvent",
    "ClosingPolicy",
    "Decision",
    "EventSet",
    "Grouping",
    "IntegrationProfile",
    "MaintenanceWindow",
    "NoiseSettings",
    "Preflight",
    "PreflightState",
    "Repeat",
    "Simulation",
    "Snooze",
    "Storm",
    "StormState",
    "Ticket",
    "TicketRule",
    "TicketState",
    "TicketWatch",
]
