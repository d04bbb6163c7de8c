"""What a client must know to use the sandbox: addresses, credentials and scopes. Invented, worth nothing."""

from __future__ import annotations

from dataclasses import dataclass

HOST = "127.0.0.1"
HALO_PORT = 8091
MSP360_PORT = 8092
RMM_PORT = 8093

HALO_TENANT = "sandbox"
HALO_CLIENT_ID = "5f0c2d1e-8a44-4f0e-9d7c-1b2a3c4d5e6f"
HALO_CLIENT_SECRET = "9b1d7c52-3e60-4a8f-b1c4-77aa00bb11cc-2f6e8d90-5a1b-4c3d-8e7f-0a1b2c3d4e5f"
HALO_SCOPES = "edit:tickets edit:assets read:customers"
"""The smallest set that a bridge needs."""

NARROW_CLIENT_ID = "77e0b8a1-2c3d-4e5f-8a9b-0c1d2e3f4a5b"
NARROW_CLIENT_SECRET = "0d9c8b7a-6f5e-4d3c-9b2a-1f0e9d8c7b6a-5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d"
"""A second application whose permissions stop at reading customers."""

MSP360_LOGIN = "api-sandbox"
MSP360_PASSWORD = "backup-sandbox-7261"
RMM_TOKEN = "rmm-sandbox-3f9a51c07d"

_AREAS = [
    "tickets",
    "calendar",
    "customers",
    "crm",
    "contracts",
    "suppliers",
    "items",
    "projects",
    "sales",
    "quotes",
    "sos",
    "pos",
    "invoices",
    "reporting",
    "software",
    "softwarelicensing",
    "kb",
    "assets",
    "timesheets",
]
WHOLE_API = frozenset({"all", "all:standard", "admin"})
KNOWN_SCOPES = (
    WHOLE_API
    | {f"{verb}:{area}" for verb in ("read", "edit") for area in _AREAS}
    | {"editMine:timesheets", "access:chat", "access:adpasswordreset", "all:teams"}
)


@dataclass(frozen=True)
class Application:
    """An API application: the permissions ticked on it, and the Halo agent it logs in as."""

    name: str
    client_id: str
    client_secret: str
    permissions: frozenset[str]
    agent_id: int


TECHNICIAN_ID = 25
"""The Halo agent who works in the simulated Halo's own pages."""

APPLICATIONS: dict[str, Application] = {
    application.client_id: application
    for application in (
        Application(
            "HaloBridge",
            HALO_CLIENT_ID,
            HALO_CLIENT_SECRET,
            frozenset(
                {
                    "edit:tickets",
                    "edit:assets",
                    "edit:customers",
                    "all:teams",
                    "read:software",
                    "read:softwarelicensing",
                }
            ),
            24,
        ),
        Application(
            "Reads customers only",
            NARROW_CLIENT_ID,
            NARROW_CLIENT_SECRET,
            frozenset({"read:customers"}),
            24,
        ),
    )
}
