"""What a caller may do: Django's model permissions, for reading too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import DjangoModelPermissions
from rest_framework.request import Request

from integrations.api.scopes import scope_allows

if TYPE_CHECKING:  # the settings name this module while DRF's views are being imported
    from rest_framework.views import APIView

BEYOND_SCOPE = "The scope of this token does not allow this; its account may do it."
NAMED_BY = {"POST": "post_permissions", "PUT": "put_permissions", "PATCH": "put_permissions"}


class ModelPermissions(DjangoModelPermissions):
    """GET needs *view*, POST to a list *add*, everything else that is sent to an object *change* or *delete*.

    A view or an action may name what its POST needs in `post_permissions` and what PUT and PATCH need in
    `put_permissions`: verbs of its own model, e.g. ("add", "change") for an upsert, or whole permissions
    such as "integrations.approve_heldloss".
    """

    perms_map = {
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
        "OPTIONS": ["%(app_label)s.view_%(model_name)s"],
        "POST": ["%(app_label)s.add_%(model_name)s"],
        "PUT": ["%(app_label)s.change_%(model_name)s"],
        "PATCH": ["%(app_label)s.change_%(model_name)s"],
        "DELETE": ["%(app_label)s.delete_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if getattr(view, "_ignore_model_permissions", False):
            return True
        model = self._queryset(view).model
        return self._may(request, self._needed(request.method or "", view, model))

    def _may(self, request: Request, permissions: Sequence[str]) -> bool:
        """Whether the account holds all of these and the token, if it is one that calls, is for them, too."""
        if not request.user.has_perms(permissions):
            return False
        if scope_allows(request.auth, permissions):
            return True
        self.message = BEYOND_SCOPE
        return False

    def _needed(self, method: str, view: APIView, model: Any) -> list[str]:
        verbs = getattr(view, NAMED_BY.get(method, ""), ())
        if method == "POST" and not verbs:
            verbs = ("change",) if getattr(view, "detail", False) else ("add",)
        if not verbs:
            return self.get_required_permissions(method, model)
        app, name = model._meta.app_label, model._meta.model_name
        return [verb if "." in verb else f"{app}.{verb}_{name}" for verb in verbs]
