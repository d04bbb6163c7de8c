"""App configuration of the ticketing floor."""

from django.apps import AppConfig


class TicketingConfig(AppConfig):
    name = "ticketing"
