"""Which column is what: guessed from the header in any usual spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from integrations.sync.tables.fields import ID, SEVERAL, Table
from integrations.sync.tables.known import TABLES

_NUMBER_AT_THE_END: Final = re.compile(r"\s*[#(]?\d{1,2}\)?$")
_IN_BRACKETS: Final = re.compile(r"[(\[][^)\]]*[)\]]")
_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})
_GENERAL: Final = (
    "computer",
    "device",
    "machine",
    "asset",
    "endpoint",
    "company",
    "client",
    "event",
    "alert",
)
"""Words that exports put before everything: "Device serial number"."""


def squashed(text: str) -> str:
    """Letters and digits only, without case and accents: `Serial-No.` and `serial no` are one."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(sign for sign in apart if sign.isalnum())


@lru_cache(maxsize=8)
def _called(what: str) -> dict[str, str]:
    """Squashed header → name of the field; names and labels go before what else people say."""
    table = TABLES[what]
    found = {squashed(word): field.name for field in table.fields for word in (field.name, field.label)}
    for field in table.fields:
        for word in field.called:
            found.setdefault(squashed(word), field.name)
    return found


def field_called(header: str, what: str) -> str:
    """The field that a header names; '' for none."""
    called = _called(what)
    plain = _IN_BRACKETS.sub("", header)
    for spelled in (header, plain, _NUMBER_AT_THE_END.sub("", plain)):
        word = squashed(spelled)
        if word in called:
            return called[word]
        for general in _GENERAL:
            shorter = word.removeprefix(general)
            if shorter != word and shorter in called:
                return called[shorter]
    return ""


def guess(headers: Sequence[str], what: str) -> list[str]:
    """For each column a field's name, or ''. A field is taken once; one that holds several, any number."""
    table = TABLES[what]
    taken: set[str] = set()
    found: list[str] = []
    for header in headers:
        name = field_called(header, what) if header else ""
        if name and name in taken and table.by_name[name].kind not in SEVERAL:
            name = ""
        taken.add(name)
        found.append(name)
    return found


def guess_keys(columns: Sequence[str], table: Table) -> list[str]:
    """The fields by which rows are told apart where no column is an id; none where nothing fits."""
    if ID in columns:
        return []
    for wanted in table.keys:
        present = [name for name in wanted if name in columns]
        if present == list(wanted) or (present and wanted is table.keys[-1]):
            return present
    return []
