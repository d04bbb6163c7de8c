"""The layout is a promise: imports go down only. The table here is the design's section 6."""

from __future__ import annotations

import ast
from collections.abc import Iterator
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
    "sync": {"records", "choices", "catalogue"},
    "connectors": {"sync", "records", "choices", "catalogue", "net"},
    "halo": {"sync", "records", "choices", "catalogue", "net"},
    "sandbox": set(),
    "models": {"sync", "records", "choices", "catalogue", "net"},
    "registry": {"models", "sync", "records", "choices", "catalogue", "net"},
}
_LOW = {"models", "registry", "sync", "records", "choices", "catalogue", "net"}
_MIDDLE = {"runs", "ingest", "schedules", "access", "connections"}
ROOMS |= {room: _LOW | (_MIDDLE - {room}) for room in _MIDDLE}
ROOMS |= {room: _LOW | _MIDDLE for room in ("admin", "api", "management")}

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


def _imports(file: Path) -> Iterator[tuple[str, bool]]:
    """(module, whether it is there for type checking only), absolute."""
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
IDS = [str(file.relative_to(ROOT)) for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_imports_go_down_only_between_the_floors(file: Path) -> None:
    own = FLOORS.index(file.relative_to(ROOT).parts[0])
    for module, _ in _imports(file):
        floor = module.split(".")[0]
        if floor in FLOORS:
            assert FLOORS.index(floor) <= own, f"{file.relative_to(ROOT)} imports {module}, a floor above it"


@pytest.mark.parametrize("file", [f for f in FILES if f.relative_to(ROOT).parts[0] == "integrations"])
def test_imports_go_down_only_inside_integrations(file: Path) -> None:
    own = file.relative_to(ROOT).parts[1].removesuffix(".py")
    if own in {"__init__", "apps"}:
        return
    assert own in ROOMS, f"{own} is no room of the design; add it to the table and to the design"
    for module, typing_only in _imports(file):
        if not module.startswith("integrations.") or typing_only:
            continue
        room = _room(module)
        is_own_command = own == "management" and room == "sandbox" and file.stem.startswith("sandbox")
        assert room == own or room in ROOMS[own] or is_own_command, (
            f"{file.relative_to(ROOT)} imports {module}"
        )


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_edges_are_imported_by_nobody(file: Path) -> None:
    own_parts = file.relative_to(ROOT).parts
    for module, _ in _imports(file):
        parts = module.split(".")
        if parts[0] not in FLOORS or len(parts) < 2 or parts[1] not in NOBODY_IMPORTS:
            continue
        same_room = parts[0] == own_parts[0] and parts[1] == own_parts[1].removesuffix(".py")
        from_urls = own_parts == ("halobridge", "urls.py")
        a_floor_below = parts[1] in {"admin", "api", "management"} and own_parts[1] == parts[1]
        assert same_room or from_urls or a_floor_below, f"{file.relative_to(ROOT)} imports {module}"


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_the_network_has_one_door(file: Path) -> None:
    parts = file.relative_to(ROOT).parts
    if parts[:2] == ("integrations", "net"):
        return
    for module, _ in _imports(file):
        assert module.split(".")[0] not in ONLY_THE_DOOR, f"{file.relative_to(ROOT)} imports {module}"


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_connectors_and_halo_are_reached_by_dotted_path(file: Path) -> None:
    parts = file.relative_to(ROOT).parts
    if parts[:2] in {("integrations", "connectors"), ("integrations", "halo")}:
        return
    for module, typing_only in _imports(file):
        if typing_only or not module.startswith(("integrations.connectors", "integrations.halo.")):
            continue
        allowed = (parts[0], module) in MAY_NAME_HALO
        assert allowed, f"{file.relative_to(ROOT)} imports {module}"


def test_the_writer_is_opened_in_the_pipeline_alone() -> None:
    users = {
        file.relative_to(ROOT).as_posix()
        for file in FILES
        for module, typing_only in _imports(file)
        if module == "integrations.halo.writer" and not typing_only
    }
    assert users == {"halobridge/pipeline.py"}


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_no_module_has_a_name_that_says_nothing(file: Path) -> None:
    assert file.stem not in {"utils", "helpers", "common", "misc", "manager", "util"}


def test_top_level_folders_are_the_ones_of_the_design() -> None:
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in {"var", "htmlcov"}
    }
    assert folders == {"halobridge", "integrations", "mappings", "ticketing", "templates", "tests"}
