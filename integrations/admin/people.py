"""Staff accounts, groups and the queue's own tables, in the clothes of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django_q.admin import FailAdmin, QueueAdmin, ScheduleAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from integrations.admin.bases import HistoryAdmin, about_one_row
from integrations.admin.display import time_column
from integrations.admin.histories import ToldHistory
from integrations.choices import Role
from integrations.models.audit import AuditAction, note

for model in (User, Group, Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class TellsItself(ToldHistory):
    """Accounts and groups are told by Django's signals."""

    def _tells_itself(self, row: Any) -> bool:
        return True


class NamesPermissions:
    """Those who may only look read all permissions of a row by name; a name needs its content type."""

    permissions_in: ClassVar[str]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        named = Prefetch(self.permissions_in, Permission.objects.select_related("content_type"))
        return rows.prefetch_related(named) if about_one_row(request) else rows


ACCOUNT_TEXTS: Final = {
    "first_name": "As colleagues know the person.",
    "last_name": "As colleagues know the person.",
    "email": "For colleagues; the bridge sends alarms to alarm channels only.",
    "is_active": "Off: no log-in, and its tokens stop at once. Better than deleting it.",
    "is_staff": "On: may log in to these pages. Off for accounts of programs: they use the REST API.",
    "is_superuser": "May do everything, whatever its groups say.",
    "groups": "Administrator, Engineer, Service desk and Auditor are roles that the bridge keeps.",
    "user_permissions": "Single permissions beside those of its groups; hardly ever needed.",
}


class TellsFields:
    """Help texts in the words of this product in the place of Django's."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in ACCOUNT_TEXTS.items():
            if name in self.fields:
                self.fields[name].help_text = words


class AccountForm(TellsFields, UserChangeForm):  # type: ignore[misc]
    pass


class NewAccountForm(TellsFields, UserCreationForm):  # type: ignore[misc]
    pass


@admin.register(User)
class StaffAccountAdmin(NamesPermissions, TellsItself, DjangoUserAdmin, ModelAdmin):  # type: ignore[misc]
    permissions_in = "user_permissions"
    form = AccountForm
    add_form = NewAccountForm
    change_password_form = AdminPasswordChangeForm
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        ("What it may do", {"fields": ("is_staff", "groups")}),
    )
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("What it may do", {"fields": ("is_active", "is_staff", "groups")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("More", {"classes": ("collapse",), "fields": ("is_superuser", "user_permissions")}),
        ("Dates", {"classes": ("collapse",), "fields": ("logged_in", "joined")}),
    )
    readonly_fields = ("logged_in", "joined")
    logged_in = time_column("last_login", "Last login")
    joined = time_column("date_joined", "Date joined")

    filter_horizontal = ("user_permissions",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A handful of roles is ticked, not moved from one box to another."""
        if db_field.name == "groups":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
            return db_field.formfield(**kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever is added here by hand is usually a colleague."""
        return {"is_staff": True, **super().get_changeform_initial_data(request)}


@admin.register(Group)
class StaffGroupAdmin(NamesPermissions, TellsItself, DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Groups that staff make; those that are roles are kept by the bridge and can only be looked at."""

    permissions_in = "permissions"
    empty_hint = "A group says what its members may do: each upgrade makes the roles, and staff make others."

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_role(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_role(obj) and super().has_delete_permission(request, obj)


def _is_role(group: Group | None) -> bool:
    return group is not None and group.name in Role.values


@admin.register(AccessAttempt)
class FailedLogInAdmin(HistoryAdmin):
    """To delete one is to let its name try again at once."""

    list_display = ("username", "ip_address", "failures_since_start", "tried", "user_agent")
    fields = ("username", "ip_address", "failures_since_start", "tried", "user_agent", "path_info")
    search_fields = ("username", "ip_address")
    empty_hint = (
        "A name whose log-ins fail five times from one address has to wait 15 minutes there. It stands here "
        "until then; delete the row to let it try again at once."
    )
    tried = time_column("attempt_time", "Last tried")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("axes.delete_accessattempt"))

    def _note(self, action: AuditAction, row: Any, message: Any) -> None:
        """Without the name that was typed: it may be a password in the wrong field."""
        note(action, name=f"Failed log-ins from {row.ip_address}")


TIMES_OF_THE_QUEUE: Final = {name: f"{name}_shown" for name in ("next_run", "started", "stopped", "lock")}


def _with_zones(names: Iterable[str]) -> list[str]:
    """Times as everywhere else; each once. What a kind of row has no time of is left out."""
    kept = [name for name in names if name not in TIMES_OF_THE_QUEUE.values()]
    return [TIMES_OF_THE_QUEUE.get(name, name) for name in kept]


class OfTheQueue:
    """Looked at and cleared, never edited: a schedule or task calls whatever function its row names.

    django-q2's lists filter by plain lists; the theme's filter sheet takes them as they are.
    """

    list_filter_submit = False
    list_per_page = 50
    show_full_result_count = False
    empty_hint: Any = "The queue of the bridge keeps its own records here."
    next_run_shown = time_column("next_run", "Next run")
    started_shown = time_column("started", "Started")
    stopped_shown = time_column("stopped", "Stopped")
    lock_shown = time_column("lock", "Lock")

    def get_list_display(self, request: HttpRequest) -> Any:
        return _with_zones(super().get_list_display(request))  # type: ignore[misc]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _with_zones(super().get_fields(request, obj))  # type: ignore[misc]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields themselves stay among them, so that no form offers them."""
        names = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return [*names, *TIMES_OF_THE_QUEUE.values()]

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        """Resubmitting runs a function again; django-q2 offers it to whoever sees the list."""
        may = request.user.has_perm(f"django_q.change_{self.opts.model_name}")  # type: ignore[attr-defined]
        return super().get_actions(request) if may else {}  # type: ignore[misc]


@admin.register(Schedule)
class QueueScheduleAdmin(OfTheQueue, ScheduleAdmin, ModelAdmin):  # type: ignore[misc]
    empty_hint = "The bridge makes its own schedules when its queue is started. Start it."


@admin.register(Success)
class QueueSuccessAdmin(OfTheQueue, TaskAdmin, ModelAdmin):  # type: ignore[misc]
    empty_hint = "The queue notes its latest tasks here. If it stays empty, the queue is not started."


@admin.register(Failure)
class QueueFailureAdmin(OfTheQueue, FailAdmin, ModelAdmin):  # type: ignore[misc]
    empty_hint = (
        "A task that breaks off with an error is kept here. What went wrong in a run is on the run's page."
    )


@admin.register(OrmQ)
class QueueAdminOfOurs(OfTheQueue, QueueAdmin, ModelAdmin):  # type: ignore[misc]
    empty_hint = "Nothing waits for a worker."
