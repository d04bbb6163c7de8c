"""The admin pages of event sets, profiles, ticket routing, alerts and tickets."""

from ticketing.admin import alerts, event_sets, profiles, routing, tickets  # noqa: F401  importing registers them
