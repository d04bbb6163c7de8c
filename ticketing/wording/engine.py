"""The engine for texts of staff: Django's template language without anything that reaches out of it."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from html import unescape
from typing import Any, Final

from django.template import Context, Engine, Template, TemplateSyntaxError

from ticketing.wording.values import line

_ADVICE: Final = " Did you forget to register or load this tag?"


class WordingEngine(Engine):
    """No files, no libraries, no debug information; one module of tags and filters."""

    default_builtins = ["ticketing.wording.language"]

    def __init__(self) -> None:
        super().__init__(loaders=[], libraries={}, debug=False, autoescape=True, string_if_invalid="")


class BadTemplate(ValueError):
    """A template that cannot be read; the sentence says where and why."""


class CannotRender(Exception):
    """A template that failed with these facts; the sentence says why."""


@lru_cache(maxsize=256)
def compiled(source: str) -> Template:
    """Raises `BadTemplate` with the line and the reason."""
    try:
        return _engine().from_string(source)
    except TemplateSyntaxError as error:
        raise BadTemplate(_sentence(error)) from error
    except RecursionError as error:
        raise BadTemplate("Its tags are nested too deeply.") from error
    except (ValueError, ArithmeticError) as error:
        raise BadTemplate(f"{line(str(error))[:200].rstrip('.')}.") from error


def render_html(source: str, facts: dict[str, Any]) -> str:
    """All values are escaped, the facts left as they are. Raises `CannotRender` whatever goes wrong."""
    try:
        return str(compiled(source).render(Context(deepcopy(facts), autoescape=True)))
    except BadTemplate as error:
        raise CannotRender(str(error)) from error
    except Exception as error:
        # Anything: a template must never cost a ticket.
        raise CannotRender(line(str(error))[:200] or type(error).__name__) from error


def render_line(source: str, facts: dict[str, Any]) -> str:
    """One line of plain text: values come out as they are."""
    return line(unescape(render_html(source, facts)))


@lru_cache(maxsize=1)
def _engine() -> WordingEngine:
    return WordingEngine()


def _sentence(error: TemplateSyntaxError) -> str:
    """'Line 3: There is no tag “load”.'"""
    token = getattr(error, "token", None)
    number = getattr(token, "lineno", None)
    words = _words(str(error).replace(_ADVICE, ""), number, token)
    return f"Line {number}: {words}" if number else words


def _words(reason: str, number: int | None, token: Any) -> str:
    reason = line(reason.replace(f" on line {number}", "")).rstrip(".")
    if reason.startswith("Invalid block tag") and "expected" not in reason:
        return f"There is no tag “{(token.contents.split() or [''])[0]}”."
    if reason.startswith("Invalid filter:"):
        return f"There is no filter {reason.removeprefix('Invalid filter:').strip()}."
    return f"{reason}."
