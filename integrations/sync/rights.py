"""Which permission in HaloPSA each mirrored thing needs; keys are those of the permission table."""

from __future__ import annotations

from typing import Final

from integrations.choices import OptionKind, Resource

RESOURCE_NEEDS: Final[dict[Resource, str]] = {
    Resource.CLIENTS: "read_customers",
    Resource.SITES: "read_customers",
    Resource.USERS: "read_customers",
    Resource.ASSET_TYPES: "read_assets",
    Resource.FIELDS: "read_assets",
    Resource.OPTIONS: "read_tickets",
    Resource.LICENCES: "read_licences",
    Resource.ASSETS: "read_assets",
}
"""What a resource as a whole needs. Parts of field definitions and choices need something else: see below."""

FIELD_NEEDS: Final[dict[str, str]] = {
    "asset": "read_assets",
    "custom": "read_custom_fields",
    "ticket": "read_custom_fields",
    "client": "read_custom_fields",
    "site": "read_custom_fields",
    "user": "read_custom_fields",
}
"""Kind of field definitions → key."""

_OF_ASSETS: Final = (OptionKind.ASSET_TYPE, OptionKind.ASSET_GROUP, OptionKind.ASSET_STATUS)

OPTION_NEEDS: Final[dict[OptionKind, str]] = {
    **dict.fromkeys(OptionKind, "read_tickets"),
    **dict.fromkeys(_OF_ASSETS, "read_assets"),
    OptionKind.TEAM: "read_teams",
}
"""Kind of choice → key. HaloPSA API: look-ups, also those about assets, come with reading tickets."""

OPTIONAL: Final = frozenset({"read_teams", "read_custom_fields", "read_licences", "read_software"})
"""Keys without which all the rest works: a refusal is told, but what was read is whole."""
