"""How entries of the audit log are shown, and the history on the page of each object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from integrations.admin.display import NOTHING, link
from integrations.models import Audited, AuditEntry
from integrations.models.audit import AuditAction, note

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Base
else:
    _Base = object

NEWEST: Final = 200
"""Entries in the history of one object."""
VERBS: Final = {AuditAction.ADD: "set", AuditAction.DELETE: "removed"}
LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what it was and is, or in words what became of a secret."""

    name: str
    before: str
    after: str
    words: str = ""


def lines_of(entry: AuditEntry) -> list[Line]:
    return list(_lines(entry))


def _lines(entry: AuditEntry) -> Iterator[Line]:
    labels = _labels(entry.kind)
    for name, change in entry.changes.items():
        first, dot, rest = name.partition(".")
        label = f"{labels.get(first, first.replace('_', ' '))}{dot}{rest}"
        if change.get("secret"):
            yield Line(label, "", "", f"•••• {VERBS.get(AuditAction(entry.action), 'changed')}")
        elif "removed" in change:
            yield Line(label, _told(change["removed"]), _told(change["added"]))
        else:
            yield Line(label, _told(change.get("before")), _told(change.get("after")))


def _labels(kind: str) -> dict[str, str]:
    """What the forms call the fields; of a kind that there is no more, nothing."""
    model = _model(kind)
    fields = [*model._meta.concrete_fields, *model._meta.local_many_to_many] if model else []
    return {field.name: str(field.verbose_name) for field in fields}


def _model(kind: str) -> Any:
    try:
        return apps.get_model(kind) if kind else None
    except LookupError:
        return None


def kind_name(kind: str) -> str:
    model = _model(kind)
    name = str(model._meta.verbose_name) if model else kind
    return name[:1].upper() + name[1:]


def _told(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def object_link(entry: AuditEntry) -> SafeString | str:
    """A link to the object's page, if it has one and was not deleted by this very entry."""
    name = entry.name or NOTHING
    if not entry.kind or entry.object_id is None or entry.action == AuditAction.DELETE:
        return name
    try:
        return link(reverse(f"admin:{entry.kind.replace('.', '_')}_change", args=[entry.object_id]), name)
    except NoReverseMatch:
        return name


def changes_shown(entry: AuditEntry, most: int | None = None) -> SafeString | str:
    lines = lines_of(entry)
    shown = lines if most is None else lines[:most]
    if not (lines or entry.summary):
        return NOTHING
    context = {"lines": shown, "more": len(lines) - len(shown), "entry": entry, "longest": LONGEST}
    return render_to_string("bridge/audit_changes.html", context)


class ToldHistory(_Base):
    """For the pages of a model: its history is that of the audit log, and what staff do here gets there.

    Rows of an `Audited` model tell their changes themselves; here only what else is done is noted.
    """

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name} (any more).")
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        kind = self.opts.label_lower
        entries = AuditEntry.objects.filter(kind=kind, object_id=row.pk)[: NEWEST + 1]
        query = f"kind={kind}&object_id={row.pk}"
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {row}",
            "opts": self.opts,
            "original": row,
            "entries": [(entry, changes_shown(entry)) for entry in entries[:NEWEST]],
            "earlier": LogEntry.objects.filter(
                content_type=get_content_type_for_model(self.model), object_id=str(row.pk)
            ).select_related("user")[:NEWEST],
            "there_is_more": len(entries) > NEWEST,
            "log": f"{reverse('admin:integrations_auditentry_changelist')}?{query}",
            **(extra_context or {}),
        }
        return TemplateResponse(request, "bridge/object_history.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._note(AuditAction.ADD, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._note(AuditAction.CHANGE, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        for row in queryset:
            self._note(AuditAction.DELETE, row, [])

    def _note(self, action: AuditAction, row: Any, message: Any) -> None:
        """A sentence is something that was done; a form's own message says no more than the changes do."""
        if isinstance(message, str):
            note(AuditAction.ACT, row, summary=message)
        elif not self._tells_itself(row):
            note(action, row)

    def _tells_itself(self, row: Any) -> bool:
        return isinstance(row, Audited)
