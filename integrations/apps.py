"""App configuration of the integrations floor."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
