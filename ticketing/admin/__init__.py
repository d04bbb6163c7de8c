"""The admin pages of event sets, profiles, ticket routing, alerts, tickets and noise."""

from ticketing.admin import (  # noqa: F401  importing registers them
    alerts,
    event_sets,
    noise,
    profiles,
    routing,
    simulations,
    tickets,
)
