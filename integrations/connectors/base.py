"""The contract of every connector: what it declares, what it is given, what it must answer.

Rules for whoever writes one (the recipe is the README beside this file):

* A connector reads one console and hands over records; it stores nothing and never writes to a console.
* `fetch_*` yields records while it reads. Either the list is complete or a `NetError` is raised on the way:
  a list that is known to be short, repeated or unreadable never just ends.
* One row that makes no sense is left out with a sentence in `warnings`; it does not stop the others.
* A read that takes a call for each company, or the like, can stop between two of them and go on in another
  instance: see `goes_on`. All its parts together are the complete list.
* What could not be read *this time* (an optional second source failed) is named in the record's
  `raw["unread"]`, a list of attribute names: whoever stores the record keeps the values it has for these.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.choices import ConsolePurpose
from integrations.connectors import values
from integrations.connectors.credential_fields import CredentialField
from integrations.net.auth import TokenStore
from integrations.net.errors import NetError
from integrations.net.hosts import normalise_host
from integrations.net.pasted import bare
from integrations.records import CheckResult, CompanyRecord, ComputerRecord, EventRecord, MailRecord


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a console can give. `mails` and the first three mean *can be read by us*, each with its `fetch_`
    method."""

    companies: bool = False
    computers: bool = False
    events: bool = False
    webhook: bool = False
    """The console posts to us; `parse_webhook` understands it."""
    mails: bool = False
    """Mails are read; rules make events of them."""
    pushed: bool = False
    """Companies, computers and events arrive by our REST API; nothing can be read."""
    uploaded: bool = False
    """Staff upload companies, computers and events as spreadsheets; nothing can be read over the network."""
    list_proves_existence: bool = False
    """A computer that is missing from the complete list is gone (uninstalled, deleted), not just asleep."""
    events_are_complete_list: bool = False
    """`fetch_events` tells the present state of *every* series of the console: a series which is not in
    `Connector.series_seen` after a complete read has ended (its plan was deleted, its alert is over)."""
    events_list_only_open: bool = False
    """That list holds what is open (and perhaps what ended lately), nothing of what is fine: a short or even
    empty one is an ordinary day, and only the loss of many open ones is in doubt."""
    series_listed_while_open: tuple[str, ...] = ()
    """Beginnings of series keys for which that holds, where the list tells the other series whole."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What the vendor's papers leave open. `keys`: names of properties whose types or values (codes, never
    anything of a customer) tell the answer; none: it is to be read off the calls and headers."""

    question: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleAccess:
    """How to reach one console. `time_zone` is that of times which the vendor sends without one; `tokens`
    keeps a token for all processes, for vendors that count log-ins."""

    base_url: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    time_zone: str = "UTC"
    allow_private: tuple[str, ...] = ()
    ca_bundle: str | None = None
    tokens: TokenStore | None = field(default=None, repr=False, compare=False)

    def value(self, name: str) -> str:
        """The credential called `name` without the spaces and quotes that pasting brings; "" if absent."""
        return bare(str(self.credentials.get(name) or ""))

    def is_on(self, name: str, *, usually: bool = False) -> bool:
        """A switch among the settings; what is usual where nothing that makes sense was chosen."""
        chosen = values.flag(self.value(name))
        return usually if chosen is None else chosen

    @property
    def zone(self) -> tzinfo:
        """Raises `ZoneInfoNotFoundError` or `ValueError` for a zone that does not exist."""
        return ZoneInfo(self.time_zone or "UTC")


SECRET_HEADER: Final = "X-HaloBridge-Secret"  # noqa: S105
WEBHOOK_SECRET: Final = CredentialField(
    "webhook_secret",
    "Webhook secret",
    "Optional. Any long text of your own. Deliveries are then taken only with the header "
    f"{SECRET_HEADER} that holds it: add it where the webhook is set up in the console.",
    secret=True,
    required=False,
)
"""For consoles whose webhooks can send a header of one's own. Who declares it has it checked at the door."""


class NotSupported(NotImplementedError):
    """The console has no such ability; asking for it is a mistake of the caller."""

    def __init__(self, label: str, what: str) -> None:
        super().__init__(f"{label} gives no {what}.")


class BadDelivery(ValueError):
    """A webhook body that cannot be understood, or only partly: `records` holds what could be read."""

    def __init__(self, sentence: str, records: tuple[EventRecord, ...] = ()) -> None:
        self.sentence = sentence
        self.records = records
        super().__init__(sentence)


_METHOD_OF: dict[str, str] = {
    "companies": "fetch_companies",
    "computers": "fetch_computers",
    "events": "fetch_events",
    "webhook": "parse_webhook",
    "mails": "fetch_mails",
}


class Connector(ABC):
    """One kind of console. A subclass declares the class attributes and overrides what it is able to do.

    An instance serves one run: it may keep what it has read (a token, an index); a new run needs a new one.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    abilities: ClassVar[Abilities]
    default_base_url: ClassVar[str] = ""
    address_help: ClassVar[str] = ""
    """Where the address is found, of a kind whose address everybody has to enter."""
    credential_fields: ClassVar[tuple[CredentialField, ...]] = ()
    experimental: ClassVar[bool] = False
    open_questions: ClassVar[tuple[OpenQuestion, ...]] = ()
    """What `manage.py probe` looks for on a live tenant."""
    event_minutes: ClassVar[int] = 1
    """Minutes between two fetches of events, if staff say nothing: more where one takes many calls."""
    halo_asset_links: ClassVar[tuple[str, ...]] = ()
    """Properties of a Halo asset under which HaloPSA's own integration with this kind of console keeps the id
    that is the `external_id` of our computers (HaloPSA API: assets, vendor ids)."""
    purposes: ClassVar[frozenset[ConsolePurpose]] = frozenset()
    """What it does for the computers in its list; the gap report tells *backup without RMM* by it."""
    product_purposes: ClassVar[Mapping[str, frozenset[ConsolePurpose]]] = {}
    """Products (see `ComputerRecord.products`) whose computers are served otherwise than `purposes` says."""
    agentless_products: ClassVar[frozenset[str]] = frozenset()
    """Products of what is a server by its class, but can carry no agent of any console (hypervisors)."""
    delivery_is_a_call: ClassVar[bool] = False
    """A delivery that `parse_webhook` accepts only says that there is news: the events are read then."""
    histories: ClassVar[tuple[str, ...]] = ()
    """Beginnings of series keys that no complete list holds. They never enter `series_seen`: nothing is
    concluded from their absence, and what ends them is told or never comes."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in ("kind", "label", "abilities"):
            if not getattr(cls, name, None):
                raise TypeError(f"{cls.__name__} declares no {name}.")
        for ability, method in _METHOD_OF.items():
            declared = bool(getattr(cls.abilities, ability))
            if declared and getattr(cls, method) is getattr(Connector, method):
                raise TypeError(f"{cls.__name__} declares {ability} but has no {method}().")
            if not declared and getattr(cls, method) is not getattr(Connector, method):
                raise TypeError(f"{cls.__name__} has {method}() but does not declare {ability}.")

    def __init__(self, access: ConsoleAccess) -> None:
        self.access = access
        self.warnings: list[str] = []
        """Sentences about what the reads of this instance had to leave out; the run shows them."""
        self.series_seen: set[str] = set()
        """Series keys that `fetch_events` met, also those that gave no event (a plan that just runs).
        Only with `events_are_complete_list`, and complete only once the iterator has ended by itself."""
        self.series_unread: set[str] = set()
        """Series keys of which this read of the events can't tell: that they were not met means nothing."""
        self.lists_unread: set[str] = set()
        """Beginnings of series keys that one list of the console tells, where that list could not be read (a
        right is missing) and the others could: nothing is concluded about them."""
        self.lists_read_to: Mapping[str, datetime | None] = {}
        """Of the lists that the last read of the events could not read: up to when they have been read
        before, None if never. A history begins there, not at `since`."""
        self.open_series: frozenset[str] = frozenset()
        """Series keys whose last known event is open, set before the events are read: of those that
        `abilities.series_listed_while_open` names, so that they can be looked at first."""
        self.known_hardware: frozenset[str] = frozenset()
        """External ids of computers whose hardware is stored, set before a read: where it takes a call for
        each computer, theirs may stay unread."""
        self.mails_read_to: Mapping[str, Any] = {}
        """The position after a read of mails; there only once the iterator has ended by itself."""
        self.goes_on: Callable[[int, int], bool] = lambda done, of: True
        """Asked by a long read between two of its parts, with how many are done of how many. False: it is to
        end here, and to say where in `goes_on_at`."""
        self.goes_on_at: Mapping[str, Any] = {}
        """Where a read has ended before its end: what `begins_at` of the next instance is to be. JSON."""
        self.begins_at: Mapping[str, Any] = {}
        """Where an earlier part of this read has ended; {}: it begins."""
        self.brought_before: AbstractSet[str] = frozenset()
        """External ids that earlier parts of this read of companies or computers have brought."""

    @classmethod
    def normalise_address(cls, typed: str) -> str:
        """The address as it is stored. Raises `AddressError`, also for one that holds a password.

        What is copied out of a browser may end with a page of the portal (`/#/dashboard`): that is left out.
        """
        return normalise_host(typed.partition("/#")[0])

    @classmethod
    def credential_problems(cls, credentials: Mapping[str, str]) -> dict[str, str]:
        """Problems by field name that no single field shows; what is merely missing is found without it."""
        return {}

    def check(self) -> CheckResult:
        """Test the connection without changing anything. Never raises for what staff can put right."""
        problems = self._missing_configuration()
        if problems:
            return CheckResult(ok=False, message=" ".join(problems))
        try:
            return self._probe()
        except NetError as error:
            return CheckResult(ok=False, message=error.sentence)

    def fetch_companies(self) -> Iterator[CompanyRecord]:
        raise NotSupported(self.label, "companies")

    def fetch_computers(self) -> Iterator[ComputerRecord]:
        raise NotSupported(self.label, "computers")

    def fetch_events(self, since: datetime | None = None) -> Iterator[EventRecord]:
        """Events since `since` (aware; None: all that the console holds), older ones may come along."""
        raise NotSupported(self.label, "events")

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> list[EventRecord]:
        """Translate one stored delivery, without the network. Raises `BadDelivery`."""
        raise NotSupported(self.label, "webhook")

    def refusal(self, headers: Mapping[str, str]) -> str:
        """Why a delivery with these headers is not to be trusted, as a sentence; empty where it is."""
        wanted = self.access.value(WEBHOOK_SECRET.name)
        sent = {name.lower(): value for name, value in headers.items()}.get(SECRET_HEADER.lower(), "")
        if not wanted or hmac.compare_digest(wanted.encode(), sent.strip().encode()):
            return ""
        return f"The delivery has no header {SECRET_HEADER} with the webhook secret."

    def fetch_mails(self, position: Mapping[str, Any]) -> Iterator[MailRecord]:
        """Mails after `position` ({}: those of the last day), in an order in which each one's own `position`
        is a place to go on from. Nothing in the mailbox changes."""
        raise NotSupported(self.label, "mails")

    def _warn_if(self, happened: object, sentence: str) -> None:
        """Tell staff what a read left out, if it did."""
        if happened:
            self.warnings.append(sentence)

    @abstractmethod
    def _probe(self) -> CheckResult:
        """The connector's part of `check`: log in, look at each list once. May raise `NetError`."""

    def _missing_configuration(self) -> list[str]:
        problems = [
            f"{item.label} is missing."
            for item in self.credential_fields
            if item.required and not self.access.value(item.name)
        ]
        try:
            _ = self.access.zone
        except (ZoneInfoNotFoundError, ValueError):
            problems.append(f"There is no time zone called {self.access.time_zone!r}.")
        return problems
