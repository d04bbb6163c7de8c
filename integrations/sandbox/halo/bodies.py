"""What is posted: an array of objects whose known properties have the right types.

HaloPSA API: an unwrapped object is refused; ids may be strings, never decimals; unknown and read-only
properties are ignored. A binding error refuses the whole request before anything is executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from integrations.sandbox.halo.call import Call
from integrations.sandbox.halo.refusals import Refusal, cannot_convert, model_state
from integrations.sandbox.moments import moment, stamp
from integrations.sandbox.world import Row

Properties = Mapping[str, str]
"""Property name to kind: int, str, bool, date, or a list of objects that each carry an `id`."""


def read_objects(call: Call, properties: Properties) -> list[Row]:
    """Raises Refusal. What is null counts as not sent."""
    if "json" not in call.content_type:
        raise Refusal(415, {"title": "Unsupported Media Type", "status": 415})
    try:
        body = json.loads(call.body)
    except ValueError:
        raise model_state({"$": ["The input is not valid JSON."]}) from None
    if not isinstance(body, list):
        raise cannot_convert("", "System.Collections.Generic.List`1[NetHelpDesk.Models]")
    if not body:
        raise Refusal(400, {"Message": "Object reference not set to an instance of an object."})
    return [_read(f"[{place}]", item, properties) for place, item in enumerate(body)]


def _read(path: str, item: Any, properties: Properties) -> Row:
    if not isinstance(item, dict):
        raise cannot_convert(path, "an object")
    known = {**properties, "id": "int"}
    return {
        name: _CONVERTERS[known[name]](f"{path}.{name}", value)
        for name, value in item.items()
        if name in known and value is not None
    }


def _integer(path: str, value: Any) -> int:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise cannot_convert(path, "System.Int32") from None
    if isinstance(value, bool) or not isinstance(value, int):
        raise cannot_convert(path, "System.Int32")
    return value


def _text(path: str, value: Any) -> str:
    if isinstance(value, dict | list | bool):
        raise cannot_convert(path, "System.String")
    return str(value)


def _boolean(path: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise cannot_convert(path, "System.Boolean")
    return value


def _date(path: str, value: Any) -> str | None:
    """A stamp; None for a date which says that there is none."""
    found = moment(value) if isinstance(value, str) else None
    if found is None:
        raise cannot_convert(path, "System.DateTime")
    return stamp(found) if found.year > 1900 else None


def _objects(path: str, value: Any) -> list[Row]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise cannot_convert(path, "System.Collections.Generic.List`1")
    found = []
    for place, item in enumerate(value):
        numbered = {"id": _integer(f"{path}[{place}].id", item["id"])} if item.get("id") is not None else {}
        found.append({**item, **numbered})
    return found


_CONVERTERS: dict[str, Callable[[str, Any], Any]] = {
    "int": _integer,
    "str": _text,
    "bool": _boolean,
    "date": _date,
    "objects": _objects,
}
