"""The admin pages of company mapping, computers, asset types, fields, asset rules, previews, gaps, counts,
imported sheets."""

from mappings.admin import (  # noqa: F401  importing registers them
    asset_rules,
    company_history,
    company_mappings,
    computer_ignoring,
    computer_pairs,
    computer_reviews,
    computers,
    counts,
    field_mappings,
    gaps,
    newcomers,
    plans,
    product_mappings,
    sheets,
    suggestion_fields,
    sync_limits,
)
