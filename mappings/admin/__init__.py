"""The admin pages of company mapping, computers, default asset types, fields, asset rules and previews."""

from mappings.admin import (  # noqa: F401  importing registers them
    asset_rules,
    company_history,
    company_mappings,
    computer_ignoring,
    computer_pairs,
    computer_reviews,
    computers,
    field_mappings,
    newcomers,
    plans,
    product_mappings,
    suggestion_fields,
    sync_limits,
)
