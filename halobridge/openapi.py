"""How the description of the REST API is made."""

from __future__ import annotations

from typing import Any, Final

SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "HaloBridge",
    "DESCRIPTION": "Everything that staff can do in the admin, for programs.",
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
