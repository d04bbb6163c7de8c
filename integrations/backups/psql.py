"""A dump put into PostgreSQL by `pg_restore` and `psql`, in one transaction that ends well or not at all."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from integrations.backups.server import environment

PSQL: Final = (
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--single-transaction",
    "--set=ON_ERROR_STOP=1",
    "--output=/dev/null",
)
# A comment on an extension could be set by its owner alone, and the tables have none.
PG_RESTORE: Final = ("pg_restore", "--no-owner", "--no-privileges", "--no-comments", "--file=-")
KEPT_LINES: Final = 20
SHOWN_LINES: Final = 3
SECONDS_TO_END: Final = 5


class LastWords:
    """Reads what a process says, so that it never waits for a reader, and keeps the end of it."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._reading = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._reading.start()

    def _read(self, stream: IO[bytes] | None) -> None:
        for line in stream or ():
            self._lines.append(line.decode(errors="replace").strip())

    def told(self) -> str:
        """From the first error of those lines on. Waits for the end of what is said: to be asked before the
        stream is closed."""
        self._reading.join()
        lines = [line for line in self._lines if line]
        first = next((at for at, line in enumerate(lines) if "ERROR" in line), -SHOWN_LINES)
        return " ".join(lines[first:][:SHOWN_LINES])


def put_in(first: str, dump: Path, last: str) -> str:
    """Carry out `first`, the dump and `last`; what went wrong, in the tools' own words, or ''."""
    with subprocess.Popen(  # noqa: S603
        PSQL, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(dump.parent)
    ) as psql:
        words = LastWords(psql.stderr)
        told = _feed(psql, first, dump, last)
        failed, own = psql.wait(), words.told()
        _drop_the_rest(psql)
    return own or told or f"psql ended with {failed}." if failed else ""


def _feed(psql: subprocess.Popen[bytes], first: str, dump: Path, last: str) -> str:
    """An end that is not announced by `pg_restore` leaves no end of input that could be taken for a success:
    psql is killed, unless it is what has ended first."""
    assert psql.stdin is not None  # noqa: S101  it is a pipe
    try:
        psql.stdin.write(first.encode())
        psql.stdin.flush()
        with subprocess.Popen(  # noqa: S603
            [*PG_RESTORE, str(dump)], stdout=psql.stdin, stderr=subprocess.PIPE
        ) as reading:
            words = LastWords(reading.stderr)
            failed, own = reading.wait(), words.told()
        if failed:
            _end(psql)
            return own or f"pg_restore ended with {failed}."
        psql.stdin.write(last.encode())
        psql.stdin.close()
    except BrokenPipeError:
        pass  # psql has ended; its own words say why
    return ""


def _drop_the_rest(psql: subprocess.Popen[bytes]) -> None:
    """What it did not take. Before its end this would be an end of input, and a success."""
    if psql.stdin is not None:
        with suppress(BrokenPipeError):
            psql.stdin.close()


def _end(psql: subprocess.Popen[bytes]) -> None:
    """What nobody reads any more breaks off `pg_restore`: then psql is about to end by itself."""
    try:
        psql.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        psql.kill()
