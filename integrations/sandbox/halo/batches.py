"""Executes what was posted, object by object, and answers as Halo does: with the last one, or with all.

HaloPSA API: several objects are answered by the last one alone unless `returnall=true`. There is no
idempotency key. What happens to the objects before a refused one is not documented: here they stay written,
unless the switch `batch_atomic` is on.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from integrations.sandbox.halo.bodies import Properties, read_objects
from integrations.sandbox.halo.call import Call
from integrations.sandbox.halo.refusals import Refusal, exception
from integrations.sandbox.world import Row

TEXT_LIMIT = 4000
"""Most text columns hold so many characters; the longer limits of HTML columns are not documented."""
SHORT_TEXTS = {"outcome": 500, "username": 255, "datto_id": 100, "itglue_id": 100}
LONG_TEXTS = {"details", "details_html", "note", "note_html", "emailbody_html"}


def write(call: Call, properties: Properties, one: Callable[[Call, Row], Row]) -> Any:
    """`one` writes one object and returns its answer; it raises Refusal before it changes anything."""
    objects = read_objects(call, properties)
    kept = copy.deepcopy(call.world) if call.switches.batch_atomic and len(objects) > 1 else None
    answers: list[Row] = []
    try:
        for item in objects:
            answers.append(one(call, {name: _cut(call, name, value) for name, value in item.items()}))
    except Refusal:
        if kept is not None:
            vars(call.world).update(vars(kept))
        raise
    if call.query.flag("returnall") and call.switches.returnall_works:
        return answers[1:] + answers[:1] if call.switches.returnall_shuffled else answers
    return answers[-1]


def _cut(call: Call, name: str, value: Any) -> Any:
    limit = SHORT_TEXTS.get(name, TEXT_LIMIT)
    if not isinstance(value, str) or name in LONG_TEXTS or len(value) <= limit:
        return value
    if call.switches.overlong_text == "truncate":
        return value[:limit]
    raise exception(f"String or binary data would be truncated in column '{name}'.")
