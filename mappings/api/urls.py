"""What this floor offers under /api/v1/."""

from __future__ import annotations

from rest_framework.viewsets import ViewSetMixin

from mappings.api.asset_rules import AssetRulesViewSet
from mappings.api.company_choices import (
    CompanySuggestionViewSet,
    IgnoredCompanyViewSet,
    SuggestionFieldsViewSet,
)
from mappings.api.company_mappings import CompanyMappingViewSet
from mappings.api.company_news import CompanyChangeViewSet, CompanyStateViewSet, NewcomerViewSet
from mappings.api.computer_mappings import ComputerMappingViewSet
from mappings.api.computer_reviews import ComputerReviewViewSet
from mappings.api.counts import CountViewSet
from mappings.api.field_mappings import FieldMappingViewSet
from mappings.api.gaps import GapViewSet
from mappings.api.ignoring import IgnoredComputerViewSet, IgnoreRuleViewSet
from mappings.api.location_mappings import LocationMappingViewSet
from mappings.api.planned_changes import PlannedChangeViewSet
from mappings.api.plans import PlanViewSet
from mappings.api.product_mappings import ProductMappingViewSet
from mappings.api.sheets import MappingSheetViewSet, SheetRowViewSet
from mappings.api.sync_limits import SyncLimitsViewSet

ROUTES: list[tuple[str, type[ViewSetMixin]]] = [
    ("company-mappings", CompanyMappingViewSet),
    ("company-suggestions", CompanySuggestionViewSet),
    ("suggestion-fields", SuggestionFieldsViewSet),
    ("ignored-companies", IgnoredCompanyViewSet),
    ("location-mappings", LocationMappingViewSet),
    ("company-states", CompanyStateViewSet),
    ("company-todos", NewcomerViewSet),
    ("company-changes", CompanyChangeViewSet),
    ("computer-mappings", ComputerMappingViewSet),
    ("computer-reviews", ComputerReviewViewSet),
    ("ignore-rules", IgnoreRuleViewSet),
    ("ignored-computers", IgnoredComputerViewSet),
    ("product-mappings", ProductMappingViewSet),
    ("mapping-sheets", MappingSheetViewSet),
    (r"mapping-sheets/(?P<sheet>[0-9]+)/rows", SheetRowViewSet),
    ("field-mappings", FieldMappingViewSet),
    ("sync-limits", SyncLimitsViewSet),
    ("asset-rules", AssetRulesViewSet),
    ("gaps", GapViewSet),
    ("counts", CountViewSet),
    ("plans", PlanViewSet),
    (r"plans/(?P<plan>[0-9]+)/changes", PlannedChangeViewSet),
]
