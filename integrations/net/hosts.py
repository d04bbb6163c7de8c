"""Which hosts may be called, and how their addresses are written.

A host may be called over an encrypted connection if all that it resolves to is public. Private, loopback and
link-local addresses and plain connections are refused unless an administrator has listed the host.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from integrations.net.errors import HostNotAllowed
from integrations.net.pasted import unwrapped

SETTING = "HALOBRIDGE_ALLOW_PRIVATE_HOSTS"
DEFAULT_PORTS = {"http": 80, "https": 443, "imap": 143, "imaps": 993}
WEB = ("https", "http")
MAIL = ("imaps", "imap")
"""Schemes that an address may have; the first is meant where none is written, the second is not encrypted."""

_PLAIN = {"http": "https", "imap": "imaps"}

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?")


class AddressError(ValueError):
    """A text that is no address of a server; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host (lower case, without brackets) and port of a URL."""

    scheme: str
    host: str
    port: int

    @property
    def shown(self) -> str:
        """As staff would write it: without the scheme and without a default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def origin_of(url: str, schemes: Sequence[str] = WEB) -> Origin:
    """Where a URL points at. Raises AddressError."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise AddressError(f"'{_shown(url)}' is not a valid address.") from error
    if parts.scheme not in schemes:
        raise AddressError(f"'{_shown(url)}' must begin with {schemes[0]}://.")
    return Origin(parts.scheme, _ascii_host(host, url), port or DEFAULT_PORTS[parts.scheme])


def normalise_host(text: str, *, default_path: str = "", schemes: Sequence[str] = WEB) -> str:
    """'https://host[:port][/path]' without a trailing slash, from what people paste.

    The scheme is the first of `schemes` unless another of them is written; a default port is dropped,
    and so are the quotes and angle brackets that copying brings; `default_path` is used where the text
    names no path. Raises AddressError, also for an address with a user name, query or fragment.
    """
    text = unwrapped(text)
    if not text:
        raise AddressError("The address is empty.")
    url = text if "://" in text else f"{schemes[0]}://{text}"
    origin = origin_of(url[: url.index("://")].lower() + url[url.index("://") :], schemes)
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise AddressError("The address must not hold a user name or password.")
    if parts.query or parts.fragment:
        raise AddressError(f"'{_shown(text)}' must end after the path, without ? or #.")
    if re.search(r"[\s\\]", parts.path):
        raise AddressError(f"'{_shown(text)}' is not a valid address.")
    path = re.sub("/{2,}", "/", parts.path).strip("/") or default_path.strip("/")
    return f"{origin.scheme}://{origin.shown}" + (f"/{path}" if path else "")


def _ascii_host(host: str, url: str) -> str:
    if ":" in host:
        try:
            return ipaddress.ip_address(host).compressed
        except ValueError as error:
            raise AddressError(f"'{_shown(url)}' is not a valid address.") from error
    try:
        plain = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise AddressError(f"'{_shown(url)}' is not a valid address.") from error
    if not _HOST.fullmatch(plain) or ".." in plain:
        raise AddressError(f"'{_shown(url)}' is not a valid address.")
    return plain


def _shown(text: str) -> str:
    """The text without what stands before an @ (it may be a password)."""
    return re.sub(r"(?<=//)[^/@]*@", "", text)[:200].rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """The list of hosts that are allowed although private or plain http.

    Entries: `name`, `name:port`, `127.0.0.1`, `127.0.0.1:8091`, `10.0.0.0/8`, `[::1]:8091`, `fd00::/8`.
    """

    names: frozenset[tuple[str, int | None]]
    networks: tuple[tuple[_Network, int | None], ...]

    @classmethod
    def of(cls, entries: Iterable[str]) -> HostPolicy:
        names: set[tuple[str, int | None]] = set()
        networks: list[tuple[_Network, int | None]] = []
        for entry in entries:
            host, port = _split_port(entry.strip().lower())
            try:
                networks.append((ipaddress.ip_network(host, strict=False), port))
            except ValueError:
                names.add((host.rstrip("."), port))
        return cls(frozenset(names - {("", None)}), tuple(networks))

    def lists_name(self, origin: Origin) -> bool:
        host = origin.host.rstrip(".")
        return (host, None) in self.names or (host, origin.port) in self.names

    def lists_address(self, address: str, port: int) -> bool:
        ip = _embedded(ipaddress.ip_address(address.partition("%")[0]))
        return any(
            wanted in (None, port) and ip.version == network.version and ip in network
            for network, wanted in self.networks
        )

    def check_url(self, url: str) -> None:
        """Refuse what can be refused without asking the name service. Raises HostNotAllowed."""
        self.check(origin_of(url))

    def check(self, origin: Origin) -> None:
        """The same for an address that was taken apart already."""
        if self.lists_name(origin):
            return
        if _is_address(origin.host):
            self.admit(origin, [origin.host])
        elif origin.scheme in _PLAIN and not self.networks:
            raise _plain(origin)

    def admit(self, origin: Origin, addresses: Iterable[str]) -> list[str]:
        """Those of a host's resolved addresses that may be connected to. Raises HostNotAllowed for none."""
        found = list(addresses)
        if self.lists_name(origin):
            return found
        listed = [address for address in found if self.lists_address(address, origin.port)]
        if origin.scheme in _PLAIN:
            if not listed:
                raise _plain(origin)
            return listed
        allowed = [address for address in found if address in listed or is_public(address)]
        if not allowed:
            raise _private(origin, found)
        return allowed


def is_public(address: str) -> bool:
    """True for an address of the public internet, also where an IPv4 address hides in an IPv6 one."""
    ip = _embedded(ipaddress.ip_address(address.partition("%")[0]))
    return ip.is_global and not ip.is_multicast


def _embedded(ip: _Address) -> _Address:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _split_port(entry: str) -> tuple[str, int | None]:
    entry = entry.partition("://")[2] or entry
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?", entry)
    if bracketed:
        return bracketed[1], int(bracketed[2]) if bracketed[2] else None
    host, colon, port = entry.rpartition(":")
    if colon and ":" not in host and port.isdigit():
        return host, int(port)
    return entry.rstrip("/"), None


def _private(origin: Origin, addresses: list[str]) -> HostNotAllowed:
    what = origin.shown if origin.host in addresses else f"{origin.shown} ({', '.join(addresses[:3])})"
    return HostNotAllowed(f"{what} is a private address; list it in {SETTING} to allow it.")


def _plain(origin: Origin) -> HostNotAllowed:
    return HostNotAllowed(
        f"{origin.scheme}://{origin.shown} is not encrypted; use {_PLAIN[origin.scheme]}, or list it in "
        f"{SETTING} to allow it."
    )
