"""The admin pages of connections, console data, Halo data, runs and the system."""

from integrations.admin import (  # noqa: F401  importing registers them
    alarms,
    audit,
    console_data,
    consoles,
    halo_assets,
    halo_changes,
    halo_credentials,
    halo_definitions,
    halo_places,
    halo_software,
    held_losses,
    instances,
    mail_rules,
    mails,
    people,
    raw_deliveries,
    runs,
    tokens,
    uploads,
    writes,
)
