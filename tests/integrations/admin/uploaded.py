"""An upload that has been looked at, for the tests of pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from integrations.choices import UploadedKind, UploadState
from integrations.models import Console, Upload
from tests.integrations.admin.made import number


def make_upload(console: Console, **more: Any) -> Upload:
    values: dict[str, Any] = {
        "what": UploadedKind.COMPUTERS,
        "file_name": f"computers-{number()}.csv",
        "state": UploadState.READY,
        "choices": {"sheet": "", "columns": ["name"], "keys": ["name"], "order": ""},
        "found": {
            "described": "CSV, UTF-8, commas",
            "sheets": [""],
            "sheet": "",
            "head_row": 1,
            "headers": ["Computer"],
            "first_rows": [[2, ["PC-1"]]],
            "rows": 1,
        },
        "counts": {"new": 1},
        "checksum": "0" * 64,
        "looked_at": timezone.now(),
    }
    return Upload.objects.create(console=console, **{**values, **more})
