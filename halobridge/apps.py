"""App configuration of the top floor, and the admin site with its own dashboard."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HaloBridgeConfig(AppConfig):
    name = "halobridge"
    verbose_name = "HaloBridge"

    def ready(self) -> None:
        from halobridge import checks  # noqa: F401  registers the system checks


class HaloBridgeAdminConfig(AdminConfig):
    """Django's admin, under the URL that the design promises."""

    default_site = "halobridge.site.HaloBridgeAdminSite"
