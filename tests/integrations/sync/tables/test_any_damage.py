"""Whatever has happened to a file: it is read, or refused with a sentence; nothing else."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from collections.abc import Callable

import pytest

from integrations.sync.tables.cells import BadFile
from integrations.sync.tables.files import open_file
from integrations.sync.tables.rows import read_row
from tests.integrations.sync.tables.sheets import csv_of, layout_of, lines_of, part_of, with_part, xlsx_of

ROWS = [
    ["Computer ID", "Computer", "Last seen", "Online"],
    ["1", "PC-1", "2026-03-01", "yes"],
    [2, "PC-2", 4.5, True],
]
CSV, XLSX = csv_of(ROWS), xlsx_of(ROWS)
PARTS = zipfile.ZipFile(io.BytesIO(XLSX)).namelist()


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, lost or added."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place, what = chance.randrange(len(found)), chance.random()
        if what < 0.5:
            found[place] = chance.randrange(256)
        elif what < 0.75:
            del found[place : place + chance.randint(1, 9)]
        else:
            found[place:place] = chance.randbytes(3)
    return bytes(found)


def damaged_part(chance: random.Random) -> bytes:
    part = chance.choice(PARTS)
    return with_part(XLSX, part, damaged(part_of(XLSX, part), chance))


def outcome(content: bytes) -> str:
    """Each row is read as far as columns were guessed; a refusal is its sentence."""
    try:
        layout, lines = layout_of(lines_of(content), "computers")
        list(open_file(io.BytesIO(content))[1].merged())
    except BadFile as problem:
        return problem.sentence
    if not layout.problem():
        assert [read_row(line, layout).number for line in lines] == [number for number, _ in lines]
    return "read"


@pytest.mark.parametrize(
    "make",
    [lambda chance: damaged(CSV, chance), lambda chance: damaged(XLSX, chance), damaged_part],
    ids=["csv", "workbook", "part of a workbook"],
)
def test_damage_is_read_or_refused(make: Callable[[random.Random], bytes]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = [outcome(make(random.Random(seed))) for seed in range(600)]

    assert 0 < told.count("read") < len(told)
    assert all(sentence == "read" or sentence.endswith(".") for sentence in told)
