"""App configuration of the top floor, and the admin site with its own dashboard."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class HaloBridgeConfig(AppConfig):
    name = "halobridge"
    verbose_name = "HaloBridge"

    def ready(self) -> None:
        from halobridge import checks, error_reports  # noqa: F401  registers the system checks
        from halobridge.accounts_log import watch
        from halobridge.own_files import close_database
        from halobridge.roles import keep_roles

        watch()
        connection_created.connect(close_database, dispatch_uid="halobridge-own-files")

        # Permissions are made app by app after a migration: the roles come after those of the last one.
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(keep_roles, sender=last, dispatch_uid="halobridge-roles")
        address = settings.HALOBRIDGE_SENTRY_DSN
        if address and not error_reports.problem(address):
            error_reports.start(address)


class HaloBridgeAdminConfig(AdminConfig):
    """Django's admin, under the URL that the design promises."""

    default_site = "halobridge.site.HaloBridgeAdminSite"
