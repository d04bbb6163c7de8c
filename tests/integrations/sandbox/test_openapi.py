"""The sandbox's Halo answers against Halo's published OpenAPI description (facts in tests/samples/halo)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from integrations.sandbox.halo.routes import RESOURCES
from integrations.sandbox.moments import moment
from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, make_asset, make_note, make_ticket

FACTS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "samples/halo/openapi-facts.json").read_text()
)

UNDECLARED: dict[str, dict[str, Any]] = {
    # A ticket's answer carries nested objects and a team id: seen in real answers, not in the description.
    "Faults": {
        "team_id": {"type": "integer"},
        "priority": {"anyOf": [{"$ref": "#/$defs/Policy"}, {"type": "null"}]},
        "client": {"type": "object"},
        "site": {"type": "object"},
        "user": {"type": ["object", "null"]},
    },
    # The author's name, seen in answers.
    "Actions": {"who": {"type": "string"}},
    # Seen on list rows; declared for the detail only.
    "Device_List": {
        "itglue_id": {"type": ["string", "null"]},
        "assetgroup_name": {"type": ["string", "null"]},
    },
    "Site_List": {"maincontact_name": {"type": ["string", "null"]}},
}
KINDS: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "uuid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    "date-time": {
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?$",
    },
    "any": {},
}


def to_schema(kind: str) -> dict[str, Any]:
    if kind.endswith("?"):
        return {"anyOf": [to_schema(kind[:-1]), {"type": "null"}]}
    if kind.startswith("["):
        return {"type": "array", "items": to_schema(kind[1:-1])}
    return KINDS.get(kind, {"$ref": f"#/$defs/{kind}"})


DEFINITIONS: dict[str, Any] = {
    name: {
        "type": "object",
        "required": ["id"] if "id" in properties else [],
        "additionalProperties": False,
        "properties": {prop: to_schema(kind) for prop, kind in properties.items()} | UNDECLARED.get(name, {}),
    }
    for name, properties in FACTS["schemas"].items()
}
# 12.0 is no integer here, although JSON Schema says so: typed clients refuse it.
Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


def check(kind: str, answer: Any) -> None:
    validator = Validator({**to_schema(kind), "$defs": DEFINITIONS})
    found = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in validator.iter_errors(answer)
    ]
    assert found == []


# path, schema of list rows, key of the envelope (none: a bare array), schema of the detail, an id
RESOURCE_SCHEMAS = [
    ("Client", "Area", "clients", "Area", 12),
    ("Site", "Site_List", "sites", "Site", 31),
    ("Users", "Users_List", "users", "Users", 90),
    ("Asset", "Device_List", "assets", "Device", 501),
    # The detail of a licence is not described; what a list shows of it is.
    ("SoftwareLicence", "Licence_List", "licences", "Licence_List", 701),
    ("Tickets", "Faults_List", "tickets", "Faults", 4201),
    ("AssetType", "Xtype", "", "Xtype", 113),
    ("AssetTypeInfo", "Xtype", "", "", 0),
    ("AssetGroup", "Generic", "", "Generic", 1),
    ("Field", "Field", "", "Field", 24),
    ("FieldInfo", "FieldInfo", "", "FieldInfo", 231),
    ("TicketType", "RequestType_List", "", "RequestType", 21),
    ("Status", "TStatus", "", "TStatus", 9),
    ("Priority", "Policy", "", "", 0),
    ("SLA", "SlaHead", "", "SlaHead", 1),
    ("Team", "SectionDetail_List", "", "SectionDetail_List", 5),
    ("Agent", "Uname_List", "", "Uname_List", 24),
    ("Category", "CategoryDetail", "", "CategoryDetail", 40),
    ("Lookup", "Lookup", "", "", 0),
    ("Outcome", "TOutcome", "", "TOutcome", 7),
]
EXTRAS = {
    "includeassetfields": True,
    "showpriorities": True,
    "includetypesforgroups": True,
    "includeinactive": True,
    "include_custom_fields": "310,311,312,313",
    "includevalues": True,
}


@pytest.mark.parametrize(("path", "row", "key", "detail", "number"), RESOURCE_SCHEMAS)
@pytest.mark.parametrize("omit_nulls", [False, True])
def test_lists_and_details_are_as_described(
    sandbox: Sandbox,
    halo: HaloCaller,
    path: str,
    row: str,
    key: str,
    detail: str,
    number: int,
    omit_nulls: bool,
) -> None:
    sandbox.switches.change(omit_nulls=omit_nulls)
    rows = halo.read(path, count=1000, **EXTRAS)
    rows = rows[key] if key else rows
    assert rows
    check(f"[{row}]", rows)
    if detail:
        check(detail, halo.read(f"{path}/{number}"))
        check(detail, halo.read(f"{path}/{number}", includedetails=True))


def test_written_assets_tickets_and_notes_are_as_described(sandbox: Sandbox, halo: HaloCaller) -> None:
    fields = [{"id": 24, "value": "1"}]
    asset = halo.write(
        "Asset", make_asset(sandbox, fields=fields, users=[{"id": 90}], warranty_end="2030-01-01")
    )
    check("Device", asset)
    check("Faults", halo.write("Tickets", make_ticket(sandbox, assets=[{"id": asset["id"]}])))
    check("Faults", halo.read("Tickets/4213", includedetails=True))
    note = halo.write("Actions", make_note(4213, new_status=9))
    check("Actions", note)
    check("[Actions]", halo.read("Actions", ticket_id=4213, includehtmlnote=True)["actions"])
    check("Actions", halo.read("Actions/2", ticket_id=4213))
    check("Faults", halo.write("Tickets", {"id": 4213, "status_id": 1}))
    own = halo.read("Agent/me")
    assert isinstance(own.pop("is_admin"), bool), "told of a single agent only, see Uname in the description"
    check("Uname_List", own)


def test_installed_software_and_written_clients_are_as_described(sandbox: Sandbox) -> None:
    halo = HaloCaller(sandbox, scope="read:software edit:customers")
    device = next(iter(sandbox.world.halo.software.values()))["did"]
    rows = halo.read("AssetSoftware", device_id=device)
    assert rows
    check("[DeviceApplications]", rows)
    made = halo.write("Client", {"name": "Zebra Ltd"})
    check("Area", made)
    check("Area", halo.write("Client", {"id": made["id"], "_merge_client_into": 12}))
    check("Site", halo.write("Site", {"name": "Annex", "client_id": 12}))


def test_every_path_and_method_is_described(sandbox: Sandbox) -> None:
    described = {path.lower().strip("/"): set(methods) for path, methods in FACTS["paths"].items()}
    for name, resource in RESOURCES.items():
        assert "GET" in described[name]
        assert resource.write is None or "POST" in described[name]
        assert resource.show is None or "GET" in described[f"{name}/{{id}}"]
        assert resource.delete is None or "DELETE" in described[f"{name}/{{id}}"]
    assert {"agent/me", "asset/nexttag", "authinfo"} <= set(described)


def test_the_checks_can_fail() -> None:
    check("Site_List", {"id": 1, "client_id": 12.0})
    for wrong in ({"id": 1.0}, {"id": 1, "nonsense": 2}, {"id": 1, "name": 3}, {"name": "no id"}):
        with pytest.raises(AssertionError):
            check("Site_List", wrong)


def test_every_date_that_is_shown_is_a_date(sandbox: Sandbox, halo: HaloCaller) -> None:
    asset, ticket = (
        halo.read("Asset/501", includedetails=True),
        halo.read("Tickets/4201", includedetails=True),
    )
    shown = [asset["warranty_end"], asset["last_modified"], ticket["dateoccurred"], ticket["dateclosed"]]
    assert all(moment(text) for text in shown)
