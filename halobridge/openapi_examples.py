"""What is sent for the main resources, as examples in the OpenAPI description."""

from __future__ import annotations

from typing import Any, Final

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "HaloCredentialRequest": {
        "name": "Main HaloPSA",
        "resource_server": "https://msp.halopsa.com/api",
        "authorisation_server": "https://msp.halopsa.com/auth",
        "tenant": "msp",
        "client_id": "0f7a4a4c-5bd3-4a07-9f2f-2f0e7f8f0c11",
        "client_secret": "only goes in",
        "write_mode": "observe",
    },
    "ConsoleRequest": {"name": "Push", "kind": "push", "time_zone": "Europe/Berlin", "enabled": True},
    "PushedCompanyRequest": {"console": "Push", "external_id": "acme", "name": "Acme Ltd"},
    "PushedComputerRequest": {
        "console": "Push",
        "external_id": "pc-17",
        "name": "PC-17",
        "company_external_id": "acme",
        "serial_number": "5CG1234XYZ",
    },
    "PostedEventRequest": {
        "console": "Push",
        "external_id": "disk-17",
        "event_type": "device.disk_space",
        "computer": "pc-17",
        "severity": "high",
        "title": "Disk C: almost full",
        "occurred_at": "2026-01-31T22:15:00Z",
        "state": "open",
    },
    "CompanyMappingRequest": {"company": 12, "halo_client": 345, "create_tickets": True},
    "ComputerMappingRequest": {"computer": 1201, "halo_asset": 5601},
    "ProductMappingRequest": {
        "console": 1,
        "product": "Server backup",
        "halo_credential": 1,
        "asset_type": 128,
    },
    "FieldMappingRequest": {
        "halo_credential": 1,
        "attribute": "serial_number",
        "target": "field",
        "field_id": 82,
    },
    "WantedPlanRequest": {"kind": "assets", "console": 1, "company": 12},
    "ChecksumRequest": {"checksum": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    "EventSetRequest": {"name": "Backups", "event_types": ["backup.failed", "backup.overdue"]},
    "IntegrationProfileRequest": {
        "name": "Backup tickets",
        "halo_credential": 1,
        "ticket_type": 21,
        "status_open": 1,
        "status_closed": 9,
        "event_set": 3,
    },
    "TicketRuleRequest": {"company_mapping": 7, "event_set": 3, "profile": 2},
    "AcceptRequest": {"suggestions": [31, 32]},
    "SwitchManyRequest": {"mappings": [7, 8], "create_tickets": True},
    "ApiTokenRequest": {"name": "Nightly report", "scope": "read", "expires_at": "2027-01-31T00:00:00Z"},
    "ManyRequest": {"ids": [101, 102, 103]},
}


def add_examples(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular."""
    for name, example in EXAMPLES.items():
        result["components"]["schemas"][name]["examples"] = [example]
    return result
