"""The companies and computers that event sets and maintenance windows name: their ids, read with the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db.models import Aggregate, Model, OuterRef, QuerySet, Subquery, TextField

Row = TypeVar("Row", bound=Model)
COMPANIES, COMPUTERS = "company_ids", "computer_ids"


@dataclass(frozen=True, slots=True)
class Members:
    companies: frozenset[int]
    computers: frozenset[int]


class _Joined(Aggregate):
    """All values of a group as one text."""

    function = "GROUP_CONCAT"
    output_field: ClassVar[TextField[Any, Any]] = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="STRING_AGG((%(expressions)s)::text, ',')", **context
        )


def with_members(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The rows, with what `members_of` asks for. No statement of its own, and no row of what they name."""
    name = str(rows.model._meta.model_name)
    return rows.annotate(
        **{COMPANIES: _joined(rows.model, name, "company"), COMPUTERS: _joined(rows.model, name, "computer")}
    )


def members_of(row: Any) -> Members:
    """Of a row of `with_members`."""
    return Members(_ids(getattr(row, COMPANIES)), _ids(getattr(row, COMPUTERS)))


def _joined(model: Any, name: str, what: str) -> Subquery:
    pairs = getattr(model, {"company": "companies", "computer": "computers"}[what]).through.objects
    mine = pairs.filter(**{name: OuterRef("pk")}).order_by().values(name)
    return Subquery(mine.annotate(joined=_Joined(what)).values("joined"))


def _ids(joined: str | None) -> frozenset[int]:
    return frozenset(int(number) for number in joined.split(",")) if joined else frozenset()
