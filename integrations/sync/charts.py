"""Charts of bars that lead on: drawn by the theme's own library, with the same figures in a table below."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

LONGEST_LABEL: Final = 32


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    count: int
    url: str = ""
    """The list of what was counted; '' where no filter says the same."""


@dataclass(frozen=True, slots=True)
class Chart:
    """`upright`: bars stand, for a row of days or months; else they lie, for names. `counted`: what is."""

    key: str
    title: str
    of: str
    bars: list[Bar]
    note: str = ""
    upright: bool = False
    counted: str = "Assets"
    small: bool = False

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def height(self) -> int:
        """Pixels that its bars need."""
        if self.upright:
            return 150 if self.small else 260
        return 48 + 28 * len(self.bars)

    @property
    def narrowest(self) -> int:
        """Pixels below which names would be cut off: they may take half of the width."""
        if self.upright:
            return 240 if self.small else 700
        return 14 * max((len(_short(bar.label)) for bar in self.bars), default=1)

    @property
    def data(self) -> str:
        """As Chart.js takes it."""
        return json.dumps(
            {
                "labels": [_short(bar.label) for bar in self.bars],
                "datasets": [
                    {
                        "label": self.counted,
                        "data": [bar.count for bar in self.bars],
                        "backgroundColor": "var(--color-primary-600)",
                        "borderRadius": 4,
                        "maxBarThickness": 22,
                    }
                ],
            }
        )

    @property
    def links(self) -> str:
        return json.dumps([bar.url for bar in self.bars])

    @property
    def options(self) -> str:
        names = {"grid": {"display": False}, "ticks": {"autoSkip": self.upright}}
        numbers = {"beginAtZero": True, "grace": "12%", "ticks": {"precision": 0}}
        return json.dumps(
            {
                "animation": False,
                "responsive": True,
                "maintainAspectRatio": False,
                "indexAxis": "x" if self.upright else "y",
                "plugins": {"legend": {"display": False}},
                "scales": {"x": names, "y": numbers} if self.upright else {"x": numbers, "y": names},
            }
        )


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
