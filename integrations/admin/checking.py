"""Fields are checked as soon as they are filled in: by the form's own rules, without saving anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Base
else:
    _Base = object

HEADER: Final = "HB-Check"
"""Of a form that is only asked about: the page sends it whenever a field was filled in."""


class CheckedAtOnce(_Base):
    """Change forms that tell what is wrong with a field before somebody saves them."""

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and HEADER in request.headers:
            return self._problems(request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _problems(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """`{"problems": {name of the input: its errors as HTML}}`; what concerns no field waits for the save.

        PermissionDenied, Http404: as a save of the same form.
        """
        row = None if object_id is None else self.get_object(request, unquote(object_id))
        allowed = (
            self.has_add_permission(request)
            if object_id is None
            else self.has_change_permission(request, row)
        )
        if not allowed:
            raise PermissionDenied
        if object_id is not None and row is None:
            raise Http404(f"There is no such {self.opts.verbose_name} (any more).")
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        make = self.get_form(request, row, change=row is not None, fields=fields)
        form = make(request.POST, request.FILES, instance=row)
        formsets, _ = self._create_formsets(request, form.instance, change=row is not None)  # type: ignore[attr-defined]
        rows = [one for formset in formsets for one in formset.forms]
        return JsonResponse({"problems": dict(_told(form, *rows))})


def _told(*forms: BaseForm) -> Iterator[tuple[str, str]]:
    for form in forms:
        for name, errors in form.errors.items():
            if name in form.fields:
                yield form.add_prefix(name), str(errors)
