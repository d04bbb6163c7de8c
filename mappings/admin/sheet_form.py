"""Choosing a sheet of mappings to import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminRadioSelectWidget

from integrations.admin.display import NOTHING
from integrations.models import HaloCredential
from integrations.sync.tables.cells import BadFile
from mappings.models import MappingSheet, SheetKind, SheetVerdict
from mappings.spreadsheets.kinds import RIGHTS
from mappings.spreadsheets.taking import refuse_size, take_sheet


def kinds_for(user: Any) -> list[tuple[str, str]]:
    """What this staff account may import, as choices."""
    return [(kind, label) for kind, label in SheetKind.choices if user.has_perm(RIGHTS[kind])]


def told_rows(counts: Mapping[str, int]) -> str:
    """Rows of a sheet by verdict, as lists tell them."""
    labels = dict(SheetVerdict.choices)
    return ", ".join(f"{number:,} {labels[name].lower()}" for name, number in counts.items()) or NOTHING


class SheetForm(forms.Form):
    """A file and what it holds. The file is only looked at when it is saved."""

    what = forms.ChoiceField(
        label="What does it hold?",
        widget=UnfoldAdminRadioSelectWidget,
        help_text="Each has columns of its own, as its sample below shows.",
    )
    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"class": "hb-input", "accept": ".csv,.tsv,.txt,.xlsx,.xlsm"}),
        help_text="CSV or XLSX. Choose it, or drop it onto the button.",
    )

    def __init__(self, offered: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = offered  # type: ignore[attr-defined]

    def store(self, credential: HaloCredential, by: Any) -> MappingSheet | None:
        """None, with a sentence beside the file, where it cannot be taken."""
        file = self.cleaned_data["file"]
        try:
            refuse_size(file.size)
            return take_sheet(credential, self.cleaned_data["what"], file, file.name, by)
        except BadFile as problem:
            self.add_error("file", problem.sentence)
            return None
