"""Query parameters: one that is not known is refused, for a misspelt filter would answer with everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import BooleanField, DateTimeField, QuerySet
from django_filters.filterset import FILTER_FOR_DBFIELD_DEFAULTS
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework import serializers
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.views import APIView

from integrations.api.filter_fields import AnyOfFilter, MomentFilter, YesNoFilter
from integrations.sync.storable import storable_text

LONGEST_NAME: Final = 100


class Filters(FilterSet):  # type: ignore[misc]
    """What all sets of filters share."""

    FILTER_DEFAULTS = {
        **FILTER_FOR_DBFIELD_DEFAULTS,
        **FilterSet.FILTER_DEFAULTS,
        BooleanField: {"filter_class": YesNoFilter},
        DateTimeField: {"filter_class": MomentFilter},
    }

    @classmethod
    def filter_for_lookup(cls, field: Any, lookup_type: str) -> tuple[Any, dict[str, Any]]:
        if lookup_type == "in" and getattr(field, "choices", None):
            return AnyOfFilter, {"choices": field.choices}
        return super().filter_for_lookup(field, lookup_type)  # type: ignore[no-any-return]


class FilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    filterset_base = Filters


class NamedSearch(SearchFilter):
    """Tells what is wrong with the words by the name of the parameter."""

    def get_search_terms(self, request: Request) -> Any:
        try:
            return super().get_search_terms(request)
        except serializers.ValidationError as problem:
            raise serializers.ValidationError({self.search_param: problem.detail}) from problem


class StableOrdering(OrderingFilter):
    """Ends every order with the id: pages of rows with equal values must not overlap."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> Sequence[str]:
        chosen = list(super().get_ordering(request, queryset, view) or queryset.model._meta.ordering)
        if not {"id", "-id", "pk", "-pk"} & set(chosen):
            chosen.append("id")
        return chosen

    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Any, view: APIView, request: Request
    ) -> list[str]:
        """Refuses what the list cannot be ordered by."""
        wanted = [name for name in fields if name]
        fitting = super().remove_invalid_fields(queryset, wanted, view, request)
        if len(fitting) < len(wanted):
            raise serializers.ValidationError({self.ordering_param: [f"Order by {_orders(view)}."]})
        return fitting

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        told[0]["description"] = f"By {_orders(view)}."
        return told


def _orders(view: Any) -> str:
    return f"{', '.join(view.ordering_fields)}; a minus before a name reverses it, commas part several"


# ---- names ----------------------------------------------------------------------------------


class KnownParametersOnly:
    """For resources. Names beside those of filters, orders and pages stand in `parameters`, by action."""

    parameters: dict[str, tuple[str, ...]] = {}
    filtered: tuple[str, ...] = ("list",)
    """The actions that filters, search and order apply to."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        action = getattr(self, "action", None)
        if not request.query_params or action is None or action == "metadata":
            return
        known = set(self._known_parameters(action))
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            words = f"Known are: {', '.join(sorted(known))}." if known else "This address takes none."
            raise serializers.ValidationError(
                {
                    storable_text(name, LONGEST_NAME): [f"There is no such parameter. {words}"]
                    for name in unknown
                }
            )

    def _known_parameters(self, action: str) -> Iterator[str]:
        view: Any = self
        yield from self.parameters.get(action, ())
        if action in self.filtered:
            for backend in view.filter_backends:
                yield from _names_of(backend(), view)
        if view.pages(action):
            yield from (view.paginator.page_query_param, view.paginator.page_size_query_param)

    def pages(self, action: str) -> bool:
        """Whether the action answers in pages."""
        return self.paginator is not None and (action == "list" or action in self.parameters)  # type: ignore[attr-defined]


def _names_of(backend: Any, view: Any) -> Iterator[str]:
    if isinstance(backend, DjangoFilterBackend):
        chosen = backend.get_filterset_class(view, view.get_queryset())
        yield from chosen.base_filters if chosen else ()
    else:
        yield from (one["name"] for one in backend.get_schema_operation_parameters(view))
