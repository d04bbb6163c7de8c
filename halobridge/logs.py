"""How lines of the log are written: plain for people, or JSON for what collects them; never with a secret."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from integrations.net.log_context import known
from integrations.net.redact import MASK, redact

FORMATS: Final = ("plain", "json")
_HOOK = re.compile(r"(/hooks/+\w+/+)[^/\s\"'?]+")
"""The token of a webhook is a part of its address, and Django logs the address of a request that failed."""

_NAMES: Final = {"levelname": "level", "name": "logger", "exc_info": "exception"}
_NOT_TOLD: Final = (*RESERVED_ATTRS, "request", "server_time")
"""Django hands the whole request along, with its cookies."""


def without_secrets(text: str) -> str:
    return _HOOK.sub(lambda found: f"{found[1]}{MASK}", redact(text))


class OneLine(logging.Filter):
    """Takes away where in Django it was noticed: what anybody in the internet may cause is told in a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class PlainLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonLines(JsonFormatter):
    """One object a line: time, level, logger, message, process; request_id, run, step where known."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message", "process"],
            rename_fields=_NAMES,
            reserved_attrs=_NOT_TOLD,
            timestamp="time",
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        line: dict[str, Any] = masked({**log_data, **known()})
        return line


def masked(value: Any) -> Any:
    """The same without secrets in any text, however deep.

    To be called before it becomes JSON: what is escaped there no longer looks like a secret.
    """
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {name: masked(one) for name, one in value.items()}
    return [masked(one) for one in value] if isinstance(value, list | tuple) else value


LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def logging_settings(log_format: str, level: str) -> dict[str, Any]:
    if log_format not in FORMATS:
        raise ImproperlyConfigured(f"HALOBRIDGE_LOG_FORMAT must be {' or '.join(FORMATS)}.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": "halobridge.logs.PlainLines",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            },
            "json": {"()": "halobridge.logs.JsonLines"},
        },
        "filters": {"one_line": {"()": "halobridge.logs.OneLine"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": log_format}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"filters": ["one_line"]},
            # For people the lines of each request would hide the others: there only what is refused.
            "halobridge.request_lines": {} if log_format == "json" else {"level": "WARNING"},
            "django-q": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
        },
    }
