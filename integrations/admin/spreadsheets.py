"""The page of a console that is filled by spreadsheets: choose a file, get empty samples."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.http import content_disposition_header
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldBooleanSwitchWidget

from integrations.admin.display import admin_url
from integrations.choices import UploadedKind
from integrations.ingest.uploads.taking import Wanted, refuse_size, take_file
from integrations.models import Console, Upload
from integrations.registry import CONNECTORS, connector_class
from integrations.runs.uploads import request_look
from integrations.sync.sheets import XLSX_TYPE
from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.known import TABLES
from integrations.sync.tables.samples import sample_csv, write_sample

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object

LAST: Final = 5


def is_uploaded(console: Console) -> bool:
    return console.kind in CONNECTORS and connector_class(console.kind).abilities.uploaded


class UploadForm(forms.Form):
    """A file and what it holds. The file is only looked at when it is saved."""

    what = forms.ChoiceField(
        label="What does it hold?",
        choices=UploadedKind.choices,
        initial=UploadedKind.COMPUTERS,
        widget=UnfoldAdminRadioSelectWidget,
        help_text="Companies first: computers and events name them.",
    )
    complete = forms.BooleanField(
        label="This is the complete list",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="What is not in it is missing then: after two complete lists in a row it becomes inactive, "
        "and a large loss waits for an approval first. Off: nothing is ever taken away.",
    )
    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"class": "hb-input", "accept": ".csv,.tsv,.txt,.xlsx,.xlsm"}),
        help_text="CSV or XLSX. Choose it, or drop it onto the button.",
    )

    def store(self, console: Console, by: Any) -> Upload | None:
        """None, with a sentence beside the file, where it cannot be taken."""
        chosen = self.cleaned_data
        try:
            refuse_size(chosen["file"].size)
            wanted = Wanted(console, chosen["what"], chosen["complete"])
            return take_file(wanted, chosen["file"], chosen["file"].name, by)
        except BadFile as problem:
            self.add_error("file", problem.sentence)
            return None


class SpreadsheetUpload(_Base):
    """For the admin of consoles."""

    def page_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:object_id>/upload/", "upload", self.upload_view),
            self.page("<int:object_id>/upload/sample/<str:name>", "sample", self.sample_view),
            *super().page_urls(),
        ]

    def buttons_of(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        found = super().buttons_of(request, row)
        if not is_uploaded(row) or not self.may_press(request, "upload", row):
            return found
        link = {"label": "Upload a spreadsheet", "icon": "upload_file", "tone": "primary", "asks": True}
        return [{**link, "url": self.url("upload", row.pk)}, *found]

    def upload_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        console = self._uploaded_console(request, object_id)
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and (upload := form.store(console, request.user)):
            request_look(upload, requested_by=request.user)
            self.log_change(request, console, f"Uploaded {upload}.")
            return HttpResponseRedirect(admin_url(upload))
        context = self.page_context(
            request,
            "Upload a spreadsheet",
            console=console,
            object=console,
            form=form,
            media=self.media + form.media,
            samples=self._samples(console),
            back=admin_url(console),
        )
        return TemplateResponse(request, "bridge/upload.html", context)

    def _samples(self, console: Console) -> list[dict[str, Any]]:
        return [
            {
                "label": UploadedKind(what).label,
                "headers": [
                    {"label": field.label, "needed": field.name in table.needed, "example": field.sample}
                    for field in table.fields
                ],
                "urls": {
                    kind.upper(): self.url("sample", console.pk, f"{what}.{kind}") for kind in ("xlsx", "csv")
                },
            }
            for what, table in TABLES.items()
        ]

    def sample_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """An empty list with the right headers."""
        self._uploaded_console(request, object_id)
        what, _, kind = name.partition(".")
        if what not in TABLES or kind not in ("csv", "xlsx"):
            raise Http404("There is no such sample.")
        if kind == "csv":
            response = HttpResponse(sample_csv(what), content_type="text/csv; charset=utf-8")
        else:
            file = io.BytesIO()
            write_sample(file, what)
            response = HttpResponse(file.getvalue(), content_type=XLSX_TYPE)
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response

    def _uploaded_console(self, request: HttpRequest, object_id: int) -> Console:
        console: Console = self.row_or_404(request, object_id)
        if not self.may_press(request, "upload", console):
            raise PermissionDenied
        if not is_uploaded(console):
            raise Http404("What this console holds is not uploaded.")
        if not console.enabled:
            messages.warning(request, "This console is switched off: what is uploaded cannot be applied.")
        return console


def last_uploads(console: Console) -> list[Upload]:
    rows = Upload.objects.filter(console=console).defer("content").select_related("created_by")
    return list(rows[:LAST]) if is_uploaded(console) else []
