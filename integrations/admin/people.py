"""Staff accounts, groups and the queue's own tables, in the clothes of the rest."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django_q.admin import FailAdmin, QueueAdmin, ScheduleAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

for model in (User, Group, Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class StaffAccountAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class StaffGroupAdmin(DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    pass


class WithoutHtmlLinks:
    """django-q2's lists filter by plain lists; the theme's filter sheet takes them as they are."""

    list_filter_submit = False
    list_per_page = 50
    show_full_result_count = False
    empty_hint: Any = "The queue of the bridge keeps its own records here."


@admin.register(Schedule)
class QueueScheduleAdmin(WithoutHtmlLinks, ScheduleAdmin, ModelAdmin):  # type: ignore[misc]
    pass


@admin.register(Success)
class QueueSuccessAdmin(WithoutHtmlLinks, TaskAdmin, ModelAdmin):  # type: ignore[misc]
    pass


@admin.register(Failure)
class QueueFailureAdmin(WithoutHtmlLinks, FailAdmin, ModelAdmin):  # type: ignore[misc]
    pass


@admin.register(OrmQ)
class QueueAdminOfOurs(WithoutHtmlLinks, QueueAdmin, ModelAdmin):  # type: ignore[misc]
    pass
