"""What all resources share: permissions, pages, problems, stable order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from integrations.api.known_names import refuse_body
from integrations.api.parsing import BoundedJSONParser
from integrations.api.queries import FilterBackend, KnownParametersOnly, NamedSearch, StableOrdering
from integrations.api.schema import ProblemSchema


class Resource(KnownParametersOnly, GenericViewSet[Any]):
    schema = ProblemSchema()
    parser_classes = [BoundedJSONParser]
    filter_backends = [FilterBackend, NamedSearch, StableOrdering]
    lookup_value_regex = "[0-9]+"
    post_permissions: tuple[str, ...] = ()
    put_permissions: tuple[str, ...] = ()
    """Of a resource or an action, where they are not the usual ones: see `ModelPermissions`."""
    takes_nothing = False
    """Of an action whose POST has no body: what is sent all the same is refused, for it would do nothing."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.takes_nothing and request.method == "POST":
            refuse_body(request.data)


class ReadResource(mixins.RetrieveModelMixin, mixins.ListModelMixin, Resource):
    """A resource that programs only read."""


class WriteResource(mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, ReadResource):
    """A resource that programs make, change and delete."""


class NestedResource(mixins.ListModelMixin, Resource):
    """The rows of one parent, under the parent's path; `parent` names the foreign key and the path's part."""

    parent: str

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()
        of_parent: QuerySet[Any] = rows.filter(**{self.parent: self.kwargs.get(self.parent)})
        return of_parent

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.parent_object = get_object_or_404(self._parents(), pk=self.kwargs[self.parent])

    def _parents(self) -> QuerySet[Any]:
        field: Any = self.queryset.model._meta.get_field(self.parent)  # type: ignore[union-attr]
        parents: QuerySet[Any] = field.related_model._default_manager.all()
        return parents


def changed_fields(row: Any, values: Mapping[str, Any]) -> set[str]:
    """Set `values` on the row, unsaved; return the names of those that differ from before."""
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    return changed
