"""File → database, row by row. A preview is the import itself, undone: it says what would really happen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction

from integrations.sync.digest import digest_of
from ticketing.configuration.exporting import FORMAT
from ticketing.configuration.names import Names
from ticketing.configuration.sections import Section, sections
from ticketing.configuration.verdicts import Judged, Unresolved, Verdict

LARGEST: Final = 20 * 1024 * 1024


class BadFile(Exception):
    """The file as a whole can't be read; the text says why."""


class _Loader(yaml.SafeLoader):
    """Without aliases: a small file could say by them that it is a very large one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1
            raise BadFile(f"Line {line} refers to another place by *: write there what is meant.")
        return super().compose_node(parent, index)


@dataclass(frozen=True, slots=True)
class Imported:
    """`checksum`: of all that was judged. `stored`: whether it was kept."""

    rows: list[Judged]
    checksum: str
    stored: bool


class _Undo(Exception):
    """Leaves the transaction without anything stored."""


def import_config(text: str, *, checksum: str = "") -> Imported:
    """Judge each row of the file; with the checksum of a preview store what was new or changed in it.

    What is here and not in the file stays as it is; nothing is ever deleted but ticket rules of a mapping
    whose rules the file names. Where the checksum is another by now, nothing is stored. Raises `BadFile`.
    """
    told = _read(text)
    rows: list[Judged] = []
    found = ""
    try:
        with transaction.atomic():
            rows = list(_judge_all(told))
            found = digest_of({"rows": [_told(row) for row in rows]})
            if checksum != found:
                raise _Undo
    except _Undo:
        return Imported(rows, found, stored=False)
    return Imported(rows, found, stored=True)


def _told(row: Judged) -> list[Any]:
    return [row.section, row.row, str(row.verdict), row.changes, row.reason]


def _judge_all(told: Mapping[str, Any]) -> Iterator[Judged]:
    names = Names()
    for section in sections():
        section.begin()
        for number, row in enumerate(told.get(section.name) or [], start=1):
            yield _judge(section, row, f"row {number}", names)


def _judge(section: Section, row: Any, place: str, names: Names) -> Judged:
    """A row that can't be taken leaves nothing behind; the others go on."""
    if not isinstance(row, dict):
        return Judged(section.name, place, Verdict.REFUSED, {}, "A row is a list of columns and values.")
    try:
        with transaction.atomic():
            return section.take(row, names)
    except Unresolved as problem:
        return Judged(section.name, _name(row, place), problem.verdict, {}, str(problem))
    except ValidationError as problem:
        return Judged(section.name, _name(row, place), Verdict.REFUSED, {}, _sentences(problem))
    except ObjectDoesNotExist as problem:
        reason = f"It lacks what it belongs to: {problem}"
        return Judged(section.name, _name(row, place), Verdict.REFUSED, {}, reason)
    except (IntegrityError, TypeError, ValueError) as problem:
        return Judged(section.name, _name(row, place), Verdict.REFUSED, {}, f"It can't be stored: {problem}")


def _name(row: dict[str, Any], place: str) -> str:
    told = row.get("name") or row.get("company") or row.get("product") or row.get("field")
    word = told.get("name") or told.get("id") if isinstance(told, dict) else told
    return " / ".join(str(part) for part in (row.get("halo_credential"), word) if part) or place


def _sentences(problem: ValidationError) -> str:
    if not hasattr(problem, "error_dict"):
        return " ".join(problem.messages)
    told = problem.message_dict.items()
    return " ".join(
        f"{name}: {' '.join(words)}" if name != "__all__" else " ".join(words) for name, words in told
    )


def _read(text: str) -> Mapping[str, Any]:
    if len(text) > LARGEST:
        raise BadFile("The file is too large for a configuration.")
    try:
        told = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe one
    except (yaml.YAMLError, ValueError) as problem:
        raise BadFile(f"The file is no YAML: {' '.join(str(problem).split())}") from problem
    except RecursionError as problem:
        raise BadFile("The file is nested too deeply.") from problem
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BadFile(f"The file is no configuration of HaloBridge: its first line is `format: {FORMAT}`.")
    known = {"format", *(section.name for section in sections())}
    if unknown := [str(name) for name in told if name not in known]:
        raise BadFile(f"There is no section “{unknown[0]}”.")
    if wrong := [name for name in told if name != "format" and not isinstance(told[name] or [], list)]:
        raise BadFile(f"The section “{wrong[0]}” is no list of rows.")
    return told
