"""App configuration of the mappings floor."""

from django.apps import AppConfig


class MappingsConfig(AppConfig):
    name = "mappings"
