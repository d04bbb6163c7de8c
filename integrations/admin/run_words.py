"""What a run counted, in the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from integrations.models import Run

WORDS: Final[dict[str, str]] = {
    # results, as the tabs of a run call them
    "observed": "only observed",
    "changed_meanwhile": "changed meanwhile",
    "refused": "refused by HaloPSA",
    "uncertain": "uncertain, being looked up",
    "held": "waiting for approval",
    # gaps
    "not_in_halo": "in a console, not in HaloPSA",
    "not_in_console": "in HaloPSA, in no console",
    "two_companies": "in two companies",
    "backup_only": "backup without RMM",
    "rmm_only": "RMM without backup",
    "not_seen": "not seen for long",
    "double_asset": "duplicate in HaloPSA",
    # tickets
    "creates": "tickets planned",
    "notes": "notes planned",
    "closes": "closings planned",
    "not_wanted": "not wanted",
    "lost_tickets": "tickets no longer in HaloPSA",
    # events
    "duplicate": "known already",
}
"""By the name that is counted; what is not here is said as it is, its underscores as spaces."""


def in_words(totals: Mapping[str, int]) -> dict[str, int]:
    """Without what there is nothing of."""
    return {WORDS.get(name, name.replace("_", " ")): number for name, number in totals.items() if number}


def outcome_of(run: Run) -> str:
    """What went wrong, else what it counted; '' where it has nothing to tell."""
    return run.error or ", ".join(f"{number} {name}" for name, number in in_words(run.totals).items())
