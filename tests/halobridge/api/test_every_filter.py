"""What holds for every filter of every list: what it cannot mean is refused, with its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django_filters import IsoDateTimeFilter, ModelChoiceFilter, NumberFilter
from django_filters.utils import get_model_field

from integrations.api.queries import FilterBackend
from tests.halobridge.api.test_every_list import LISTS
from tests.halobridge.api.worlds import World
from tests.integrations.api.clients import make_caller

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


def lists_with(wanted: Callable[[Any, Any], bool]) -> list[Any]:
    """Prefix and names of the filters, of each list that has some that are wanted."""
    found = [
        (prefix, [name for name, one in filters_of(view) if wanted(view, one)]) for prefix, view in LISTS
    ]
    return [pytest.param(prefix, names, id=prefix) for prefix, names in found if names]


def filters_of(view: Any) -> Iterable[tuple[str, Any]]:
    rows = getattr(view, "queryset", None)
    chosen = None if rows is None else FilterBackend().get_filterset_class(view(), rows)
    return chosen.base_filters.items() if chosen else ()


def taken(prefix: str, names: list[str], value: str) -> Iterator[tuple[str, int]]:
    """The filters that do not refuse a value by their name, with what they answer."""
    world, caller = World(), make_caller()
    world.grow(1)
    for name in names:
        answer = caller.get(world.path_of(prefix), {name: value})
        if answer.status_code != 400 or name not in answer.json()["errors"]:
            yield name, answer.status_code


# ---- times ------------------------------------------------------------------------------------


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize(
    ("prefix", "names"), lists_with(lambda view, one: isinstance(one, IsoDateTimeFilter))
)
def test_a_time_that_utc_does_not_have_is_refused(prefix: str, names: list[str], time: str) -> None:
    assert not list(taken(prefix, names, time))


# ---- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "names"), lists_with(lambda view, one: isinstance(one, ModelChoiceFilter | NumberFilter))
)
def test_a_number_that_no_column_holds_never_fails(prefix: str, names: list[str]) -> None:
    """Our own ids are refused where no row has them; numbers of HaloPSA find nothing."""
    assert not [name for name, code in taken(prefix, names, "9" * 23) if code != 200]


@pytest.mark.parametrize(
    ("prefix", "names"), lists_with(lambda view, one: isinstance(one, ModelChoiceFilter))
)
def test_an_id_that_no_row_has_is_refused(prefix: str, names: list[str]) -> None:
    assert not list(taken(prefix, names, "9" * 23))


def test_a_search_that_no_text_holds_is_refused_by_its_name() -> None:
    answer = make_caller().get("/api/v1/runs/", {"search": "a\x00b"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["search"])


# ---- choices ----------------------------------------------------------------------------------


def any_of_choices(view: Any, one: Any) -> bool:
    field = get_model_field(view.queryset.model, one.field_name)
    return one.lookup_expr == "in" and bool(field is not None and field.choices)


@pytest.mark.parametrize(("prefix", "names"), lists_with(any_of_choices))
def test_of_several_choices_a_misspelt_one_is_refused(prefix: str, names: list[str]) -> None:
    assert not list(taken(prefix, names, "nonsense"))


def test_of_several_choices_known_ones_are_taken_also_with_a_blank_between() -> None:
    World().grow(1)
    caller = make_caller()
    assert caller.get("/api/v1/runs/", {"kind__in": "match, gaps"}).json()["count"] > 0
    assert caller.get("/api/v1/runs/", {"kind__in": "gaps"}).json()["count"] == 0
    assert caller.get("/api/v1/runs/", {"kind__in": "match,nonsense"}).status_code == 400
