"""Whether what computers tell is ever a choice of the pick list that it goes into."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from integrations.models import Computer
from mappings.attributes import COLUMNS, ComputerFacts
from mappings.models import FieldMapping
from mappings.sources import BadSource, source_of
from mappings.targets import Form, Target

SAMPLE: Final = 200
MOST_NAMED: Final = 5
LONGEST: Final = 60


class Sample:
    """The newest computers, read when they are first needed: one statement."""

    @cached_property
    def computers(self) -> list[ComputerFacts]:
        rows = Computer.objects.filter(active=True).order_by("-pk").values_list(*COLUMNS)
        return [ComputerFacts(*row) for row in rows[:SAMPLE]]

    def misfit(self, row: FieldMapping, target: Target | None) -> str:
        """A sentence where none of them tells a choice; '' where one does, or none tells anything."""
        if target is None or target.form != Form.CHOICE or not target.choices:
            return ""
        try:
            source = source_of(row)
        except BadSource:
            return ""
        values = [value for facts in self.computers if (value := source.value(facts))]
        if not values or any(target.choice_of(value) is not None for value in values):
            return ""
        names = [*target.choices.values()]
        more = " …" if len(names) > MOST_NAMED else ""
        told = values[0] if len(values[0]) <= LONGEST else f"{values[0][:LONGEST]}…"
        return (
            f"What computers tell is no choice of the pick list “{target.name}” "
            f"({', '.join(names[:MOST_NAMED])}{more}), but “{told}”, say. Assets go without it until "
            "HaloPSA has such choices."
        )
