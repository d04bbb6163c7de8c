"""The ability table in the connectors' README is what the connectors declare."""

from __future__ import annotations

from pathlib import Path

from integrations.registry import connector_class
from tests.contract.recorded import KINDS

README = Path(__file__).parent.parent.parent / "integrations" / "connectors" / "README.md"
BEGIN, END = "<!-- abilities: begin -->", "<!-- abilities: end -->"
COLUMNS = {
    "companies": "companies",
    "computers": "computers",
    "events": "events",
    "webhook": "webhook",
    "mails": "mails",
    "pushed": "pushed",
    "uploaded": "uploaded",
    "list_proves_existence": "proves existence",
    "events_are_complete_list": "complete events",
}
YES, NO, OPEN_ONES = "yes", "–", "open ones"


def ability_table() -> str:
    lines = [
        "| kind | console | " + " | ".join(COLUMNS.values()) + " | experimental |",
        "|---" * (len(COLUMNS) + 3) + "|",
    ]
    for kind in KINDS:
        found = connector_class(kind)
        marks = [YES if getattr(found.abilities, name) else NO for name in COLUMNS]
        if found.abilities.events_list_only_open:
            marks[-1] = OPEN_ONES
        cells = [f"`{kind}`", found.label, *marks, YES if found.experimental else NO]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_the_readme_shows_what_is_declared() -> None:
    shown = README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()

    assert shown == ability_table(), f"Paste this between the marks:\n\n{ability_table()}\n"
