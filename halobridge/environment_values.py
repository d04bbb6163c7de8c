"""Values of the environment. What can't be used ends the start with a sentence that names it, instead of
meaning something that nobody wanted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

YES: Final = frozenset({"1", "true", "yes", "on", "y", "t", "ok"})
NO: Final = frozenset({"0", "false", "no", "off", "n", "f", ""})


class Environment(environ.Env):
    """All methods raise `ImproperlyConfigured`."""

    def switch(self, name: str, default: bool) -> bool:
        text = self.str(name, default="yes" if default else "no").strip()
        if text.lower() not in YES | NO:
            raise ImproperlyConfigured(f"{name} is {text!r}: write yes or no.")
        return text.lower() in YES

    def whole(self, name: str, default: int, least: int = 1, most: int | None = None) -> int:
        text = self.str(name, default=str(default)).strip() or str(default)
        limits = f"at least {least}" if most is None else f"from {least} to {most}"
        try:
            number = int(text)
        except ValueError:
            raise ImproperlyConfigured(f"{name} is {text!r}: write a whole number, {limits}.") from None
        if number < least or (most is not None and number > most):
            raise ImproperlyConfigured(f"{name} is {number}: it has to be {limits}.")
        return number

    def number(self, name: str, default: float) -> float:
        text = self.str(name, default=str(default)).strip() or str(default)
        try:
            return float(text)
        except ValueError:
            raise ImproperlyConfigured(f"{name} is {text!r}: write a number.") from None

    def one_of(self, name: str, default: str, known: Collection[str]) -> str:
        text = self.str(name, default=default).strip() or default
        if text not in known:
            raise ImproperlyConfigured(f"{name} is {text!r}: write one of {', '.join(sorted(known))}.")
        return text

    def zone(self, name: str, default: str) -> str:
        text = self.str(name, default=default).strip() or default
        try:
            ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            raise ImproperlyConfigured(
                f"{name} is {text!r}: write a time zone such as Europe/Berlin."
            ) from None
        return text
