"""The admin pages of connections, console data, Halo data, runs and the system."""

from integrations.admin import (  # noqa: F401  importing registers them
    console_data,
    consoles,
    halo_credentials,
    halo_data,
    instances,
    people,
    runs,
    tokens,
    writes,
)
