"""A form knows the version of the row that it was drawn from; one that is out of date saves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import connections, router
from django.db.models import Model
from django.forms import BaseForm, Form, PasswordInput
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html

from integrations.admin.display import moment
from integrations.models import AuditEntry
from integrations.models.audit import AuditAction, locked

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Base
else:
    _Base = object

FIELD: Final = "_version"
"""The hidden input. A request without it is a program's own, which looked at nothing before."""
AGAIN: Final = "Nothing is saved: open it again, look at what it is now, and change that."


def fingerprint(values: Any) -> str:
    """Equal for equal values, and of no use without the key of this installation."""
    told = json.dumps(values, sort_keys=True, default=_plain)
    return salted_hmac("halobridge.version", told, algorithm="sha256").hexdigest()[:32]


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted(map(str, (_plain(item) for item in value)))
    return str(value)


def stored_values(form: BaseForm) -> dict[str, Any]:
    """What the inputs were filled with from the row; secrets never are."""
    return {
        name: _value(form.initial.get(name))
        for name, field in form.fields.items()
        if not isinstance(field.widget, PasswordInput)
    }


def _value(value: Any) -> Any:
    """Related rows have no order of their own."""
    several = isinstance(value, list | tuple) and any(isinstance(item, Model) for item in value)
    return sorted(item.pk for item in value) if several else value


def version_now(own: Any, beside: Any = None) -> str:
    """Of what a page shows, with the time, so that it can be told who came after."""
    return f"{fingerprint(own)}.{fingerprint(beside)}.{timezone.now().timestamp():.3f}"


def why_out_of_date(posted: str, own: Any, beside: Any = None, row: Model | None = None) -> str:
    """A sentence if what a page was drawn from has changed since; else "". Call it under a lock."""
    first, _, rest = posted.partition(".")
    second, _, drawn = rest.partition(".")
    if not posted or (first == fingerprint(own) and second == fingerprint(beside)):
        return ""
    entry = _newest_change(row, drawn) if row is not None and first != fingerprint(own) else None
    if entry is None:
        return f"Somebody has changed this meanwhile. {AGAIN}"
    return format_html("{} has changed this meanwhile ({}). {}", entry.who, moment(entry.at), AGAIN)


def _newest_change(row: Model, drawn: str) -> AuditEntry | None:
    """None too where nobody tells: what the machine changes by itself is in no log."""
    try:
        since = datetime.fromtimestamp(float(drawn), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    rows = AuditEntry.objects.filter(kind=row._meta.label_lower, object_id=row.pk, at__gte=since)
    return rows.filter(action__in=(AuditAction.ADD, AuditAction.CHANGE)).first()


def up_to_date(form: type[Any], beside: Callable[[], Any]) -> type[Any]:
    """The form, refusing what was drawn from an earlier version of its row."""

    class UpToDate(form):  # type: ignore[misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            posted = str(self.data.get(FIELD, ""))
            if problem := why_out_of_date(posted, stored_values(self), beside(), self.instance):
                self.add_error(None, problem)
            return cleaned

    UpToDate.__name__ = form.__name__
    return UpToDate


class VersionedForm(Form):
    """A form of a page of our own, whose template sends back `version` (`bridge/version.html`)."""

    def shown(self) -> Any:
        """What the inputs say is there."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if problem := why_out_of_date(str(self.data.get(FIELD, "")), self.shown()):
            self.add_error(None, problem)
        return cleaned

    def version(self) -> str:
        return str(self.data.get(FIELD) or version_now(self.shown()))


def _values(inline: Any, rows: Iterable[Any]) -> list[Any]:
    return sorted([row.pk, *(row.serializable_value(name) for name in inline.fields)] for row in rows)


class VersionedForms(_Base):
    """Change forms that refuse to put back what somebody else has changed since they were opened."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None or request.method != "POST":
            return form
        return up_to_date(form, partial(self.edited_beside, request, obj))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Where a form is saved, the row is read under a lock: whoever else saves it waits."""
        row = super().get_object(request, object_id, from_field)
        database = connections[router.db_for_write(self.model)]
        saved = request.method == "POST" and database.in_atomic_block
        if row is None or not saved or not database.features.has_select_for_update:
            return row
        locked(self.model._base_manager.filter(pk=row.pk)).first()
        return super().get_object(request, object_id, from_field)

    def edited_beside(self, request: HttpRequest, row: Any) -> list[Any]:
        """What the same form changes besides the row's own fields: the rows that stand below it."""
        told = []
        for inline in self.get_inline_instances(request, row):
            key = inline.fk_name or next(
                field.name for field in inline.model._meta.fields if field.related_model is self.model
            )
            told.append(_values(inline, inline.get_queryset(request).filter(**{key: row})))
        return told

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.pk:
            shown = stored_values(context["adminform"].form)
            below = [
                _values(inline.opts, inline.formset.get_queryset())
                for inline in context["inline_admin_formsets"]
            ]
            # A form that was refused stays what it was: sent once more it is refused once more.
            context["version"] = request.POST.get(FIELD) or version_now(shown, below)
        return super().render_change_form(request, context, *args, **kwargs)
