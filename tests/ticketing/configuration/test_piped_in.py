"""`import_config -`: a file that can't be opened where the command runs is piped in."""

from __future__ import annotations

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ticketing.configuration import export_config
from ticketing.models import EventSet

pytestmark = pytest.mark.django_db


def piped_in(monkeypatch: pytest.MonkeyPatch, content: bytes) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="ascii"))
    out = io.StringIO()
    call_command("import_config", "-", "--json", stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_what_one_installation_prints_another_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    EventSet.objects.create(name="Störungen", event_types=["backup.failed"])
    text, _ = export_config()
    EventSet.objects.all().delete()
    rows = json.loads(piped_in(monkeypatch, text.encode()))
    assert ("Störungen", "new") in {(row["row"], row["verdict"]) for row in rows}


def test_what_is_no_text_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="can't be read"):
        piped_in(monkeypatch, b"\xff\xfe")
