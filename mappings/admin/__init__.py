"""The admin pages of company mapping, computers, default asset types, fields, asset rules and previews."""

from mappings.admin import (  # noqa: F401  importing registers them
    asset_rules,
    company_mappings,
    computers,
    field_mappings,
    plans,
    product_mappings,
)
