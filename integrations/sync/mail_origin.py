"""Is a mail from whom it says? By what the receiving server wrote on it (RFC 8601), and by that alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dkim|spf|dmarc)\s*=\s*(\w+)", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(header\.(?:d|i|from)|smtp\.(?:mailfrom|helo))\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE
)


def comes_from(sender: str, wanted: str) -> bool:
    """Whether an address is the wanted one, or of the wanted domain or below it. Case does not matter."""
    address, rule = sender.strip().lower(), wanted.strip().lower().lstrip("@")
    if not address or not rule:
        return False
    return address == rule if "@" in rule else _is_within(address.rpartition("@")[2], rule)


def why_not_authentic(sender: str, results: Sequence[str], server: str) -> str:
    """Why `server` does not vouch for the sender, as a sentence; '' where it does.

    Only the topmost header of this server counts: what stands below may have come with the mail. A pass
    counts if it speaks of the sender's own domain; a stranger's mail passes for the stranger's domain.
    """
    own = next((told for told in results if _server_of(told) == server.strip().lower()), None)
    if own is None:
        return f"No Authentication-Results header of {server} is on the mail."
    domain = sender.rpartition("@")[2]
    passed = list(_passed(own))
    if any(_is_aligned(found, domain) for _, found in passed):
        return ""
    if passed:
        told = ", ".join(f"{method} for {found}" for method, found in passed)
        return f"{server} has checked another domain than {domain}: {told}."
    return f"{server} has found neither dkim nor spf to pass."


def _server_of(told: str) -> str:
    return _without_comments(told).partition(";")[0].strip().partition(" ")[0].lower()


def _passed(told: str) -> Iterator[tuple[str, str]]:
    """(method, domain) of every check that passed."""
    for part in _without_comments(told).split(";")[1:]:
        result = _RESULT.match(part)
        if result is None or result[2].lower() != "pass":
            continue
        wanted = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "dmarc": ("header.from",)}
        named = {name.lower(): value for name, value in _PROPERTY.findall(part)}
        value = next((named[name] for name in wanted[result[1].lower()] if name in named), "")
        if domain := value.rpartition("@")[2].strip("<>.").lower():
            yield result[1].lower(), domain


def _without_comments(told: str) -> str:
    for _ in range(5):
        told = _COMMENT.sub(" ", told)
    return told


def _is_aligned(found: str, domain: str) -> bool:
    return bool(domain) and (_is_within(found, domain) or _is_within(domain, found))


def _is_within(domain: str, outer: str) -> bool:
    return domain == outer or domain.endswith(f".{outer}")
