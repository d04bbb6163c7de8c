"""Creating asset types that are missing in HaloPSA: their names and group, then a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from unfold.widgets import UnfoldAdminTextareaWidget

from integrations.admin.choosers import number_field, options
from integrations.admin.credential_choice import credential_choice
from integrations.admin.display import admin_url
from integrations.choices import OptionKind
from integrations.models import HaloCredential, Plan
from integrations.runs.request import request_planning
from mappings.models import AssetRules
from mappings.planning import new_types

if TYPE_CHECKING:
    from integrations.admin.bases import BridgeAdmin as _Base
else:
    _Base = object


class NewTypesForm(forms.Form):
    names = forms.CharField(
        label="Names",
        help_text="One a line, such as Server. What HaloPSA has already is left out.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, credential: HaloCredential, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credential = credential
        rules = AssetRules.objects.filter(halo_credential=credential).first()
        self.fields["asset_group"] = number_field(
            options(credential.pk, OptionKind.ASSET_GROUP),
            label="Asset group",
            chosen=rules.asset_group if rules else None,
            required=True,
            help_text="Every asset type belongs to one. Preset by the asset rules.",
            nothing_yet="Asset groups appear here after the first sync.",
        )
        self.fields["asset_group"].initial = rules.asset_group if rules else None

    def make_plan(self, staff: Any) -> Plan | None:
        """None with the sentence on the form."""
        chosen = self.cleaned_data
        try:
            return new_types(self.credential, chosen["names"].splitlines(), chosen["asset_group"], staff)
        except ValidationError as problem:
            for field, sentences in problem.message_dict.items():
                self.add_error(field, sentences)
            return None


class NewTypes(_Base):
    """For the admin of previews."""

    def page_urls(self) -> list[URLPattern]:
        return [self.page("new-types/", "new_types", self.new_types), *super().page_urls()]

    def new_types(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        chosen = credential_choice(request).chosen
        credential = get_object_or_404(HaloCredential, pk=chosen.pk if chosen else 0)
        form = NewTypesForm(credential, request.POST if request.method == "POST" else None)
        if form.is_valid() and (plan := form.make_plan(request.user)):
            request_planning(plan, requested_by=request.user)
            return HttpResponseRedirect(admin_url(plan))
        context = self.page_context(
            request, "Create asset types", credential=credential, form=form, media=form.media
        )
        return TemplateResponse(request, "bridge/new_types.html", context)
