"""Pages that are about one HaloPSA credential: which one, and choosing it first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from integrations.admin.choosers import id_of
from integrations.models import HaloCredential

_KEPT = "_halo_credentials"
PARAMETER = "halo_credential"


@dataclass(frozen=True, slots=True)
class CredentialChoice:
    """The credential that `?halo_credential=` names, else one in use; None where there is none at all."""

    chosen: HaloCredential | None
    all: list[HaloCredential] = field(default_factory=list)

    @property
    def several(self) -> bool:
        return len(self.all) > 1


def credentials_of(request: HttpRequest) -> list[HaloCredential]:
    """All of them by name, with their instances: the page and the head above it ask once between them."""
    kept: list[HaloCredential] | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = list(HaloCredential.objects.select_related("instance").order_by("name"))
        setattr(request, _KEPT, kept)
    return kept


def credential_choice(request: HttpRequest) -> CredentialChoice:
    """One query. Without a (known) number the first one that was synced is taken, else the first."""
    rows = credentials_of(request)
    wanted = id_of(request, PARAMETER)
    named = [row for row in rows if row.pk == wanted]
    in_use = [row for row in rows if row.enabled and row.synced_at]
    return CredentialChoice(next(iter([*named, *in_use, *rows]), None), rows)


class CredentialFirst:
    """Adding takes two steps: first the credential, so that the selects of the form hold its choices."""

    opts: Any

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        admin: Any = self
        choice = credential_choice(request)
        named = id_of(request, PARAMETER) in {row.pk for row in choice.all}
        if named or not admin.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)  # type: ignore[misc,no-any-return]
        if len(choice.all) == 1 and choice.chosen:
            query = request.GET.copy()
            query[PARAMETER] = str(choice.chosen.pk)
            return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
        context = admin.page_context(request, f"Add {self.opts.verbose_name}", credentials=choice.all)
        return TemplateResponse(request, "bridge/choose_credential.html", context)

    @staticmethod
    def credential_id(request: HttpRequest, obj: Any) -> int | None:
        """Of the row, or of the first step."""
        return obj.halo_credential_id if obj is not None else id_of(request, PARAMETER)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of the admin, told which credential it is about."""
        form = super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]
        credential_id = self.credential_id(request, obj)

        class FormOfCredential(form):  # type: ignore[misc,valid-type]
            def __init__(self, *args: Any, **more: Any) -> None:
                super().__init__(*args, credential_id=credential_id, **more)

        return FormOfCredential
