"""What Halo says when it will not do something. Its error bodies come in many shapes; all are used here."""

from __future__ import annotations

import json
from typing import Any


class Refusal(Exception):
    """An answer that is no success. `body` is sent as JSON unless it is None (empty) or `text` is given."""

    def __init__(
        self, status: int, body: Any = None, *, text: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {text or body or ''}".strip())
        self.status = status
        self.headers = headers or {}
        self.content_type = "text/plain" if body is None else "application/json"
        self.text = text if text is not None else "" if body is None else json.dumps(body)


def exception(message: str) -> Refusal:
    """400 as a .NET exception tells it; most business rules do."""
    return Refusal(400, {"ClassName": "System.Exception", "Message": message})


def message(text: str) -> Refusal:
    return Refusal(400, {"Message": text})


def plain(text: str) -> Refusal:
    """400 with a JSON string as the whole body."""
    return Refusal(400, text)


def model_state(errors: dict[str, list[str]]) -> Refusal:
    """400 from the model binder: nothing has been executed."""
    return Refusal(400, errors)


def cannot_convert(path: str, kind: str) -> Refusal:
    return model_state({path: [f"The JSON value could not be converted to {kind}."]})


def not_found() -> Refusal:
    return Refusal(404, "Not found")
