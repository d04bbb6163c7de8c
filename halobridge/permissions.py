"""What an account may do: its own permissions and those of its groups, read in one statement."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission

NAMED = ("content_type__app_label", "codename")


class PermissionsAtOnce:
    """Asked before Django's own backend, which would read twice, and which finds the same answer kept.

    It knows nothing of log-ins and sessions: those stay with Django's.
    """

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Logs nobody in."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(perm.partition(".")[0] == app_label for perm in self.get_all_permissions(user_obj))

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """None of accounts that are switched off, of superusers (who need none) and for single objects."""
        usual = user_obj.is_active and not user_obj.is_anonymous and not user_obj.is_superuser
        if not usual or obj is not None:
            return set()
        if not hasattr(user_obj, "_perm_cache"):
            rows = Permission.objects.order_by()
            own = rows.filter(user=user_obj).values_list(*NAMED)
            of_groups = rows.filter(group__user=user_obj).values_list(*NAMED)
            user_obj._perm_cache = {f"{app}.{name}" for app, name in own.union(of_groups)}
        kept: set[str] = user_obj._perm_cache
        return kept
