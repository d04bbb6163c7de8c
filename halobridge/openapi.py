"""How the description of the REST API is made."""

from __future__ import annotations

from typing import Any, Final

SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "HaloBridge",
    "DESCRIPTION": (
        "What staff do in the admin with connections, data, mappings, previews, events, tickets, runs, "
        "alarms and API tokens, for programs. Not here: staff accounts, their groups and failed "
        "log-ins (in the admin), and the configuration as a file, backup and restore (commands of "
        "`manage.py`).\n\n"
        "Errors are problem details (RFC 9457). What is not known is refused by name, in queries and in "
        "bodies, also where no body is taken."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "integrations.api.schema.exact_schemas",
        "halobridge.openapi_examples.add_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ActionEnum": "integrations.choices.Action",
        "AlarmKind": "integrations.choices.AlarmKind",
        "AuditAction": "integrations.models.audit.AuditAction",
        "ResourceEnum": "integrations.choices.Resource",
        "ConnectionState": "integrations.choices.ConnectionState",
        "EventState": "integrations.choices.EventState",
        "GapKind": "mappings.models.GapKind",
        "Outcome": "integrations.choices.Outcome",
        "PlanState": "integrations.choices.PlanState",
        "ReviewDecision": "mappings.models.ReviewDecision",
        "RunState": "integrations.choices.RunState",
        "Severity": "integrations.choices.Severity",
        "SheetKind": "mappings.models.SheetKind",
        "SheetState": "mappings.spreadsheets.standing.SheetState",
        "TicketState": "ticketing.models.TicketState",
        "UploadState": "integrations.choices.UploadState",
        "UploadedKind": "integrations.choices.UploadedKind",
    },
}
