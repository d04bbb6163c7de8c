"""The layout is a promise: imports go down only. The table here is the design's section 6."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["integrations", "mappings", "ticketing", "halobridge"]

# Rooms of `integrations`, lowest first; a room may import those before it, and what it names here.
ROOMS: dict[str, set[str]] = {
    "net": set(),
    "records": set(),
    "choices": set(),
    "catalogue": set(),
    "acting": set(),
    "sync": {"records", "choices", "catalogue"},
    "connectors": {"sync", "records", "choices", "catalogue", "net"},
    "halo": {"sync", "records", "choices", "catalogue", "net"},
    "sandbox": set(),
    "models": {"sync", "records", "choices", "catalogue", "acting", "net"},
    "registry": {"models", "sync", "records", "choices", "catalogue", "net"},
}
_LOW = {"models", "registry", "sync", "records", "choices", "catalogue", "acting", "net"}
_MIDDLE = {"runs", "ingest", "retention", "schedules", "access", "connections", "backups"}
ROOMS |= {room: _LOW | (_MIDDLE - {room}) for room in _MIDDLE}
ROOMS["listing"] = set()
ROOMS |= dict.fromkeys(("admin", "api", "management"), _LOW | _MIDDLE | {"listing"})

NOBODY_IMPORTS = {"admin", "api", "management", "urls"}
ONLY_THE_DOOR = {"requests", "requests_oauthlib", "urllib3", "oauthlib", "httpx"}
MAY_NAME_HALO = {
    # The two modules that turn what is wanted into what is sent.
    ("mappings", "integrations.halo.payloads"),
    ("ticketing", "integrations.halo.payloads"),
    ("halobridge", "integrations.halo.writer"),
}


def _files() -> Iterator[Path]:
    for floor in FLOORS:
        for file in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


@cache
def _imports(file: Path) -> tuple[tuple[str, bool], ...]:
    """(module, whether it is there for type checking only), absolute."""
    return tuple(_read_imports(file))


def _read_imports(file: Path) -> Iterator[tuple[str, bool]]:
    tree = ast.parse(file.read_text())
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                full = f"{node.module}.{name.name}"
                is_module = (ROOT / (full.replace(".", "/") + ".py")).exists() or (
                    ROOT / full.replace(".", "/")
                ).is_dir()
                yield full if is_module else node.module, id(node) in typing_only
        elif isinstance(node, ast.ImportFrom):
            package = file.relative_to(ROOT).parent.parts
            base = package[: len(package) - node.level + 1]
            yield ".".join([*base, *([node.module] if node.module else [])]), id(node) in typing_only
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, id(node) in typing_only


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


FILES = list(_files())


def _breaches(allowed: Callable[[tuple[str, ...], str, bool], bool]) -> list[str]:
    """Every import (importing file, module) that is not allowed, as text."""
    found = []
    for file in FILES:
        where = file.relative_to(ROOT)
        for module, typing_only in _imports(file):
            if not allowed(where.parts, module, typing_only):
                found.append(f"{where} imports {module}")
    return found


def test_imports_go_down_only_between_the_floors() -> None:
    def allowed(parts: tuple[str, ...], module: str, _: bool) -> bool:
        floor = module.split(".")[0]
        return floor not in FLOORS or FLOORS.index(floor) <= FLOORS.index(parts[0])

    assert _breaches(allowed) == []


def test_imports_go_down_only_inside_integrations() -> None:
    def allowed(parts: tuple[str, ...], module: str, typing_only: bool) -> bool:
        own = parts[1].removesuffix(".py")
        if parts[0] != "integrations" or own in {"__init__", "apps"} or typing_only:
            return True
        if not module.startswith("integrations."):
            return True
        room = _room(module)
        is_own_command = own == "management" and room == "sandbox" and parts[-1].startswith("sandbox")
        return room == own or room in ROOMS[own] or is_own_command

    assert _breaches(allowed) == []


def test_every_room_of_integrations_is_one_of_the_design() -> None:
    rooms = {
        file.relative_to(ROOT).parts[1].removesuffix(".py")
        for file in FILES
        if file.relative_to(ROOT).parts[0] == "integrations"
    }
    assert rooms - {"__init__", "apps"} <= set(ROOMS)


def test_edges_are_imported_by_nobody() -> None:
    def allowed(parts: tuple[str, ...], module: str, _: bool) -> bool:
        names = module.split(".")
        if names[0] not in FLOORS or len(names) < 2 or names[1] not in NOBODY_IMPORTS:
            return True
        same_room = names[0] == parts[0] and names[1] == parts[1].removesuffix(".py")
        from_urls = parts == ("halobridge", "urls.py")
        same_edge_of_a_floor_below = names[1] in {"admin", "api", "management"} and parts[1] == names[1]
        return same_room or from_urls or same_edge_of_a_floor_below

    assert _breaches(allowed) == []


def test_the_network_has_one_door() -> None:
    def allowed(parts: tuple[str, ...], module: str, _: bool) -> bool:
        return parts[:2] == ("integrations", "net") or module.split(".")[0] not in ONLY_THE_DOOR

    assert _breaches(allowed) == []


def test_connectors_and_halo_are_reached_by_dotted_path() -> None:
    inside = {("integrations", "connectors"), ("integrations", "halo")}

    def allowed(parts: tuple[str, ...], module: str, typing_only: bool) -> bool:
        if parts[:2] in inside or typing_only:
            return True
        if not module.startswith(("integrations.connectors", "integrations.halo.")):
            return True
        return (parts[0], module) in MAY_NAME_HALO

    assert _breaches(allowed) == []


def test_the_writer_is_opened_in_the_pipeline_alone() -> None:
    users = {
        file.relative_to(ROOT).as_posix()
        for file in FILES
        for module, typing_only in _imports(file)
        if module == "integrations.halo.writer" and not typing_only
    }
    assert users == {"halobridge/pipeline.py"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    silent = {"utils", "helpers", "common", "misc", "manager", "util"}
    assert [str(file) for file in FILES if file.stem in silent] == []


def test_top_level_folders_are_the_ones_of_the_design() -> None:
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in {"var", "htmlcov"}
    }
    assert folders == {"halobridge", "integrations", "mappings", "ticketing", "templates", "tests"}


@pytest.mark.parametrize(
    ("importer", "module", "breach"),
    [
        ("integrations/models/runs.py", "mappings.models", True),
        ("integrations/connectors/msp360/client.py", "integrations.models", True),
        ("integrations/halo/reader.py", "integrations.connectors.base", True),
        ("integrations/runs/claim.py", "integrations.api.runs", True),
        ("mappings/planning/world.py", "integrations.models", False),
    ],
)
def test_the_table_itself_refuses_what_it_should(importer: str, module: str, breach: bool) -> None:
    own, target = importer.split("/"), module.split(".")
    upward = FLOORS.index(target[0]) > FLOORS.index(own[0])
    inside = own[0] == target[0] == "integrations" and target[1] not in ROOMS[own[1]]
    assert (upward or inside) is breach
