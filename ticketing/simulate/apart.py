"""A database of its own, in memory, under the name of the real one: for this thread, for a while.

Django keeps its connections by thread. Within `Apart.here()` the connection called *default* is the one in
memory, and everything that uses the ORM works on it without knowing; outside it is the real one again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from django.apps import apps
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper

_APPS = ("auth", "contenttypes", "integrations", "mappings", "ticketing")
_SETTINGS: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ":memory:",
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": False,
    "OPTIONS": {},
    "TIME_ZONE": None,
    "USER": "",
    "PASSWORD": "",
    "HOST": "",
    "PORT": "",
    "TEST": {"NAME": None, "CHARSET": None, "COLLATION": None, "MIGRATE": False, "MIRROR": None},
}


class Apart:
    """Use as a context manager: at its end the memory is given back."""

    def __init__(self) -> None:
        self._wrapper = DatabaseWrapper(dict(_SETTINGS), alias="default")

    def __enter__(self) -> Self:
        with self.here():
            self._wrapper.disable_constraint_checking()
            with self._wrapper.schema_editor() as editor:
                for name in _APPS:
                    for model in apps.get_app_config(name).get_models():
                        editor.create_model(model)
            # The editor has switched it on again; here only what is named is copied.
            self._wrapper.disable_constraint_checking()
        return self

    def __exit__(self, *_: object) -> None:
        # An in-memory database of Django is kept open by `close()` on purpose; this one is to be gone.
        if self._wrapper.connection is not None:
            self._wrapper.connection.close()
            self._wrapper.connection = None

    @contextmanager
    def here(self) -> Iterator[None]:
        """In this thread *default* is the database in memory."""
        real = connections["default"]
        connections["default"] = self._wrapper
        try:
            yield
        finally:
            connections["default"] = real
