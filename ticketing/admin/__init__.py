"""The admin pages of event sets, profiles, ticket routing, alerts, tickets and noise."""

from ticketing.admin import alerts, event_sets, noise, profiles, routing, tickets  # noqa: F401  importing registers
