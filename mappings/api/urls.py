"""What this floor offers under /api/v1/."""

from __future__ import annotations

from rest_framework.viewsets import ViewSetMixin

from mappings.api.asset_rules import AssetRulesViewSet
from mappings.api.company_mappings import CompanyMappingViewSet
from mappings.api.computer_mappings import ComputerMappingViewSet
from mappings.api.field_mappings import FieldMappingViewSet
from mappings.api.plans import PlannedChangeViewSet, PlanViewSet
from mappings.api.product_mappings import ProductMappingViewSet

ROUTES: list[tuple[str, type[ViewSetMixin]]] = [
    ("company-mappings", CompanyMappingViewSet),
    ("computer-mappings", ComputerMappingViewSet),
    ("product-mappings", ProductMappingViewSet),
    ("field-mappings", FieldMappingViewSet),
    ("asset-rules", AssetRulesViewSet),
    ("plans", PlanViewSet),
    (r"plans/(?P<plan>[0-9]+)/changes", PlannedChangeViewSet),
]
