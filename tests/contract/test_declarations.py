"""Every registered connector declares all that others rely on, in the same places."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from integrations.connectors.base import Abilities, Connector, ConsoleAccess, NotSupported
from integrations.registry import CONNECTORS, UnknownKind, connector_class, console_kinds
from tests.contract.recorded import KINDS, SAMPLES, is_read

CONNECTOR_FOLDERS = Path(__file__).parent.parent.parent / "integrations" / "connectors"
PARSE_MODULES = {"__init__", "companies", "computers", "products", "events", "codes", "envelopes"}
README_HEADINGS = ("## Getting the key", "## Least rights", "## Limits and quirks")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_what_the_registry_says(kind: str) -> None:
    found = connector_class(kind)

    assert issubclass(found, Connector)
    assert (found.kind, found.label) == (kind, CONNECTORS[kind][0])
    assert found.__module__ == f"integrations.connectors.{kind}.connector"


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_of_open_ones_is_a_list_from_which_ends_are_concluded(kind: str) -> None:
    abilities = connector_class(kind).abilities
    assert abilities.events_are_complete_list or not abilities.events_list_only_open
    assert abilities.events_are_complete_list or not abilities.series_listed_while_open
    assert not (abilities.events_list_only_open and abilities.series_listed_while_open), "one says it all"
    assert all(abilities.series_listed_while_open), "the beginning of every key is all of them"


@pytest.mark.parametrize("kind", KINDS)
def test_it_can_do_something(kind: str) -> None:
    assert connector_class(kind).abilities != Abilities()


@pytest.mark.parametrize("kind", KINDS)
def test_a_console_that_is_read_has_an_https_address_and_a_secret(kind: str) -> None:
    found = connector_class(kind)

    if not is_read(kind):
        assert found.default_base_url == ""
        return
    assert found.default_base_url.startswith("https://")
    assert any(item.secret and item.required for item in found.credential_fields)


@pytest.mark.parametrize("kind", KINDS)
def test_every_credential_field_says_where_to_find_its_value(kind: str) -> None:
    fields = connector_class(kind).credential_fields

    assert len({item.name for item in fields}) == len(fields)
    for item in fields:
        assert item.name.isidentifier()
        assert item.label
        assert item.help_text.endswith(".")
        if item.choices is not None:
            assert item.choices and item.usual, "what holds where nothing is chosen"
            assert all(item.chosen(value) == [value] for value in item.choices)
        else:
            assert item.required or item.help_text.startswith("Optional.")


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_does_not_declare_is_refused_loudly(kind: str) -> None:
    found = connector_class(kind)
    connector = found(ConsoleAccess())
    calls = {
        "companies": connector.fetch_companies,
        "computers": connector.fetch_computers,
        "events": lambda: connector.fetch_events(None),
        "webhook": lambda: connector.parse_webhook(b"{}", {}),
        "mails": lambda: connector.fetch_mails({}),
    }
    refused = set()
    for ability, call in calls.items():
        if not getattr(found.abilities, ability):
            with pytest.raises(NotSupported, match=f"gives no {ability}"):
                call()
            refused.add(ability)

    assert refused == {ability for ability in calls if not getattr(found.abilities, ability)}


@pytest.mark.parametrize("kind", KINDS)
def test_its_folder_has_the_same_files_as_every_other(kind: str) -> None:
    """A console that is not read has no client; `parse` may be a module or a package of known modules.

    `mails` are presets for rules about the vendor's alert mails, where it sends some.
    What is uploaded is parsed in `integrations/sync/tables`, which others use as well.
    """
    folder = CONNECTOR_FOLDERS / kind
    names = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    parse = "parse" if (folder / "parse").is_dir() else "parse.py"

    parsed = set() if connector_class(kind).abilities.uploaded else {parse}
    calls = is_read(kind) or connector_class(kind).abilities.mails
    assert names - {"mails.py"} == {"__init__.py", "README.md", "connector.py"} | parsed | (
        {"client.py"} if calls else set()
    )
    if parse == "parse":
        assert {path.stem for path in (folder / "parse").glob("*.py")} <= PARSE_MODULES


@pytest.mark.parametrize("kind", KINDS)
def test_its_readme_answers_what_staff_ask(kind: str) -> None:
    text = (CONNECTOR_FOLDERS / kind / "README.md").read_text(encoding="utf-8")

    assert [heading for heading in README_HEADINGS if heading not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_samples_for_all_that_it_declares(kind: str) -> None:
    abilities = connector_class(kind).abilities
    wanted = [name for name in ("companies", "computers", "events", "webhook") if getattr(abilities, name)]

    assert [name for name in wanted if not (SAMPLES / kind / "expected" / f"{name}.json").exists()] == []


def test_no_folder_of_a_console_is_left_out_of_the_registry() -> None:
    folders = {path.parent.name for path in CONNECTOR_FOLDERS.glob("*/connector.py")}

    assert folders == set(CONNECTORS)


def test_looking_at_the_registry_imports_no_connector() -> None:
    program = (
        "import sys, integrations.registry as registry; registry.console_kinds();"
        "print([name for name in sys.modules if name.startswith('integrations.connectors')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_an_unknown_kind_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownKind, match="'fax'; known: msp360"):
        connector_class("fax")


def test_the_choices_are_kind_and_label() -> None:
    assert ("msp360", "MSP360 Managed Backup") in console_kinds()
