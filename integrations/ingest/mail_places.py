"""Companies and computers by the names that mails call them: one query each for a whole batch of mails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower

from integrations.models import Company, Computer, Console
from integrations.registry import CONNECTORS, connector_class
from integrations.sync.names import normalise_name


@dataclass(frozen=True, slots=True)
class Named:
    """What one mail calls its company and computer; '' where it names none."""

    company: str = ""
    computer: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The console's own ids. `remark` says what was named and not found, or found twice."""

    company: str | None = None
    computer: str | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Machine:
    external_id: str
    company: str | None
    names: frozenset[str]


def find_places(console: Console, named: Sequence[Named]) -> list[Place]:
    """One place for each, in their order. A name that fits several finds none of them, and it says so."""
    companies = _companies(console, (one.company for one in named))
    machines = _machines(console, (one.computer for one in named))
    return [_place(console, one, companies, machines) for one in named]


def _companies(console: Console, names: Iterable[str]) -> dict[str, list[str]]:
    """External ids by normalised name."""
    wanted = {normalise_name(name) for name in names if name}
    if not wanted:
        return {}
    rows = Company.objects.filter(console=console, active=True, normalised_name__in=wanted).order_by()
    found = defaultdict[str, list[str]](list)
    for name, external_id in rows.values_list("normalised_name", "external_id"):
        found[name].append(external_id)
    return dict(found)


def _machines(console: Console, names: Iterable[str]) -> list[_Machine]:
    spelt = {spelling for name in names if name for spelling in _spellings(name)}
    if not spelt:
        return []
    rows = Computer.objects.filter(console=console, active=True).order_by()
    # Databases fold the case of ASCII only, some of them: names are asked for in several spellings.
    rows = rows.annotate(low_name=Lower("name"), low_host=Lower("host_name"))
    fits = Q(low_name__in=spelt) | Q(low_host__in=spelt) | Q(name__in=spelt) | Q(host_name__in=spelt)
    fields = ("external_id", "company__external_id", "name", "host_name")
    return [
        _Machine(external_id, company, frozenset({_fold(name), _fold(host)} - {""}))
        for external_id, company, name, host in rows.filter(fits).values_list(*fields)
    ]


def _spellings(name: str) -> Iterator[str]:
    for form in (name.strip(), _short(name)):
        yield from (form, form.lower(), form.upper(), form.casefold())


def _fold(name: str) -> str:
    return name.strip().casefold()


def _short(name: str) -> str:
    """`PC-01` of `PC-01.corp.example`: consoles know computers by the one or the other."""
    return name.strip().partition(".")[0]


def _place(
    console: Console, named: Named, companies: dict[str, list[str]], machines: list[_Machine]
) -> Place:
    if not (named.company or named.computer):
        return Place()
    if _knows_nothing(console):
        return Place(remark="The rule speaks for no console, so the names in the mail lead nowhere.")
    remarks: list[str] = []
    company = None
    if named.company:
        found = companies.get(normalise_name(named.company), [])
        company = _only(found, f"company “{named.company[:80]}”", console, remarks)
    computer = None
    if named.computer:
        fitting = _fitting(named.computer, company, machines)
        computer = _only(fitting, f"computer “{named.computer[:80]}”", console, remarks)
    return Place(company, computer, " ".join(remarks))


def _fitting(name: str, company: str | None, machines: list[_Machine]) -> list[str]:
    """Computers of that name, by the whole name before the short one, those of the company before others."""
    for form in dict.fromkeys((_fold(name), _fold(_short(name)))):
        found = [machine for machine in machines if form in machine.names]
        own = [machine for machine in found if company is not None and machine.company == company]
        if found:
            return [machine.external_id for machine in own or found]
    return []


def _only(found: list[str], what: str, console: Console, remarks: list[str]) -> str | None:
    if len(found) == 1:
        return found[0]
    if found:
        remarks.append(f"{console} has {len(found)} of the {what}; none is taken.")
    else:
        remarks.append(f"{console} does not know a {what} (yet).")
    return None


def _knows_nothing(console: Console) -> bool:
    return console.kind in CONNECTORS and connector_class(console.kind).abilities.mails
