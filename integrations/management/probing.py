"""Reads a live HaloPSA or console and says what its answers look like, without saying what is in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from django.utils import timezone
from django.utils.module_loading import import_string

from integrations.access import PassingToken, open_connector, open_session
from integrations.choices import Purpose
from integrations.models import Console, HaloCredential
from integrations.net.errors import NetError
from integrations.net.watch import Seen, watched
from integrations.runs.budget import BudgetGate
from integrations.sync.safety import BudgetExhausted
from integrations.sync.shapes import Shape, path_name

HALO_QUESTIONS: Final = "integrations.halo.open_questions"
ROWS: Final = 200
"""Records of each list that are read."""
HISTORY: Final = timedelta(days=1)
_LIMIT_HEADER = re.compile(r"rate|limit|retry|quota|remaining", re.IGNORECASE)


@dataclass(slots=True)
class Request:
    """All answers to one kind of request."""

    shape: Shape
    statuses: Counter[int] = field(default_factory=Counter)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """`about` is a kind, never a name that staff gave. `failed`: nothing could be read."""

    about: str
    answers: list[tuple[str, str]] = field(default_factory=list)
    requests: dict[str, Request] = field(default_factory=dict)
    telling: tuple[str, ...] = ()
    failed: str = ""

    def watch(self, seen: Seen) -> None:
        name = f"{seen.method} {path_name(seen.path)}"
        request = self.requests.setdefault(name, Request(Shape(self.telling)))
        request.statuses[seen.status] += 1
        request.headers |= {key: value for key, value in seen.headers.items() if _LIMIT_HEADER.search(key)}
        if seen.data is not None and "token" not in seen.path.lower():
            request.shape.add(seen.data)

    def as_data(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "failed": self.failed,
            "answers": [{"question": question, "answer": answer} for question, answer in self.answers],
            "requests": [
                {
                    "request": name,
                    "statuses": {str(status): number for status, number in found.statuses.items()},
                    "limit_headers": found.headers,
                    "shape": found.shape.described(),
                }
                for name, found in self.requests.items()
            ],
        }


def probe_halo(credential: HaloCredential, number: int) -> Report:
    """About thirty reads. The budget of the instance holds; where it is used up, the report ends there."""
    questions = import_string(f"{HALO_QUESTIONS}.answers")
    report = Report(f"HaloPSA {number}", telling=import_string(f"{HALO_QUESTIONS}.TELLING_KEYS"))
    with watched(report.watch):
        try:
            session = open_session(credential, Purpose.MIRROR)
            found = questions(session, lambda: _narrow_session(credential))
            report.answers.extend((row.question, row.answer) for row in found)
        except (NetError, BudgetExhausted) as error:
            report.failed = f"{type(error).__name__}, status {getattr(error, 'status', None) or 'none'}."
    report.answers.append(("2. Headers about the rate limit", _limits_of(report)))
    return report


def _narrow_session(credential: HaloCredential) -> Any:
    """A session with nothing but one scope, whose token is kept nowhere."""
    scope = import_string(f"{HALO_QUESTIONS}.NARROW_SCOPE")
    wide = open_session(credential, Purpose.MIRROR, PassingToken())
    access = replace(wide.access, scopes=scope, refused_scopes="")
    return type(wide)(access, tokens=PassingToken(), gate=BudgetGate(credential, Purpose.MIRROR))


def probe_console(console: Console, number: int) -> Report:
    """The first records of each list, at most `ROWS` of each; events of the last day."""
    connector = open_connector(console)
    questions = connector.open_questions
    report = Report(
        f"{connector.label} {number}", telling=tuple(key for one in questions for key in one.keys)
    )
    since = timezone.now() - HISTORY
    lists: dict[str, Callable[[], Iterable[Any]]] = {
        "companies": connector.fetch_companies,
        "computers": connector.fetch_computers,
        "events": lambda: connector.fetch_events(since),
    }
    with watched(report.watch):
        for name, fetch in lists.items():
            if getattr(connector.abilities, name):
                report.answers.append((f"Reading {name}", _counted(fetch)))
    if all("records" not in answer for _, answer in report.answers):
        report.failed = " ".join(answer for _, answer in report.answers) or "It is not read by us."
    report.answers.append(("Headers about the rate limit", _limits_of(report)))
    report.answers.extend((one.question, _answer(report, one.keys)) for one in questions)
    return report


def _counted(fetch: Callable[[], Iterable[Any]]) -> str:
    try:
        number = sum(1 for _ in islice(fetch(), ROWS))
    except NetError as error:
        return f"{type(error).__name__}, status {error.status or 'none'}."
    return f"{number} records{' (there may be more)' if number == ROWS else ''}."


def _limits_of(report: Report) -> str:
    found = {name: value for request in report.requests.values() for name, value in request.headers.items()}
    return ", ".join(f"{name}: {value}" for name, value in found.items()) or "None was seen."


def _answer(report: Report, keys: tuple[str, ...]) -> str:
    if not keys:
        return "See the requests below."
    lines = [f"{name} {line}" for name, line in _lines(report, keys)]
    return "; ".join(lines) or f"None of {', '.join(keys)} was seen."


def _lines(report: Report, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    wanted = {key.casefold() for key in keys}
    for request, found in report.requests.items():
        for path, line in found.shape.described().items():
            if path.rpartition(".")[2].removesuffix("[]").casefold() in wanted:
                yield f"{request} › {path}:", line
