"""What this floor offers under /api/v1/ and /hooks/."""

from __future__ import annotations

from django.urls import path
from rest_framework.viewsets import ViewSetMixin

from integrations.api.alarms import AlarmChannelViewSet, AlarmViewSet
from integrations.api.audit import AuditEntryViewSet
from integrations.api.console_data import CompanyViewSet, ComputerViewSet, LocationViewSet
from integrations.api.consoles import ConsoleViewSet
from integrations.api.event_types import EventTypeViewSet
from integrations.api.events import EventViewSet
from integrations.api.halo_changes import HaloChangeViewSet
from integrations.api.halo_credentials import HaloCredentialViewSet
from integrations.api.halo_data import (
    HaloAssetViewSet,
    HaloClientViewSet,
    HaloFieldViewSet,
    HaloOptionViewSet,
    HaloSiteViewSet,
    HaloUserViewSet,
)
from integrations.api.halo_software import HaloLicenceViewSet, HaloSoftwareViewSet
from integrations.api.hooks import ConsoleDoor, HaloDoor
from integrations.api.instances import InstanceViewSet
from integrations.api.intentions import IntentionViewSet
from integrations.api.mails import MailRuleViewSet, MailViewSet
from integrations.api.raw_deliveries import RawDeliveryViewSet
from integrations.api.runs import EntryViewSet, RunViewSet
from integrations.api.tokens import ApiTokenViewSet
from integrations.api.uploads import UploadViewSet

ROUTES: list[tuple[str, type[ViewSetMixin]]] = [
    ("halo-credentials", HaloCredentialViewSet),
    ("instances", InstanceViewSet),
    ("consoles", ConsoleViewSet),
    ("companies", CompanyViewSet),
    ("locations", LocationViewSet),
    ("computers", ComputerViewSet),
    ("halo-clients", HaloClientViewSet),
    ("halo-sites", HaloSiteViewSet),
    ("halo-users", HaloUserViewSet),
    ("halo-assets", HaloAssetViewSet),
    (r"halo-assets/(?P<asset>[0-9]+)/software", HaloSoftwareViewSet),
    ("halo-licences", HaloLicenceViewSet),
    ("halo-changes", HaloChangeViewSet),
    ("halo-fields", HaloFieldViewSet),
    ("halo-options", HaloOptionViewSet),
    ("event-types", EventTypeViewSet),
    ("events", EventViewSet),
    ("uploads", UploadViewSet),
    ("raw-deliveries", RawDeliveryViewSet),
    ("mail-rules", MailRuleViewSet),
    ("mails", MailViewSet),
    ("alarm-channels", AlarmChannelViewSet),
    ("alarms", AlarmViewSet),
    ("audit-entries", AuditEntryViewSet),
    ("api-tokens", ApiTokenViewSet),
    ("intentions", IntentionViewSet),
    ("runs", RunViewSet),
    (r"runs/(?P<run>[0-9]+)/entries", EntryViewSet),
]

HOOKS = [
    path("hooks/consoles/<str:token>/", ConsoleDoor.as_view(), name="console-hook"),
    path("hooks/halo/<str:token>/", HaloDoor.as_view(), name="halo-hook"),
    # Some vendors cut the last slash off, and a redirect would turn their POST into a GET.
    path("hooks/consoles/<str:token>", ConsoleDoor.as_view()),
    path("hooks/halo/<str:token>", HaloDoor.as_view()),
]
