"""Sorts what went wrong below HTTP into *never sent* and *answer lost*, with a sentence for each cause."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import NameResolutionError

from integrations.net.attempt import Attempt
from integrations.net.errors import LostAnswer, NetError, Unreachable

_AFTER_SENDING = (
    requests.ReadTimeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


def sort_failure(error: BaseException | None, attempt: Attempt, host: str) -> NetError:
    """Unreachable if nothing of the request has left, else LostAnswer.

    A connection that was kept open and that the server has dropped counts as *lost*: whether the server
    has read the request cannot be known.
    """
    if attempt.sent or isinstance(error, _AFTER_SENDING):
        return LostAnswer(_lost_sentence(error, attempt, host))
    return Unreachable(unreachable_sentence(error, host))


def _lost_sentence(error: BaseException | None, attempt: Attempt, host: str) -> str:
    if attempt.cut:
        return f"{host} did not give a whole answer within {attempt.seconds:.0f} s."
    if isinstance(error, requests.Timeout):
        return f"{host} took the request and then did not answer in time."
    return f"The connection to {host} broke before the whole answer had come."


def unreachable_sentence(error: BaseException | None, host: str, speaks: str = "https") -> str:
    """Why no connection was made, and what to do about it."""
    causes = list(_causes(error))
    certificate = next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        reason = certificate.verify_message or "it is not trusted"
        return (
            f"The certificate of {host} is not accepted ({reason}): install a valid certificate there, "
            "or give the bundle of your own certificate authority."
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"No encrypted connection to {host} could be made: check that the address speaks {speaks}."
    if any(isinstance(cause, NameResolutionError | socket.gaierror) for cause in causes):
        return f"The name of {host} is not known: check the spelling of the address and this machine's DNS."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"{host} refuses connections: check address and port, and whether the service is running."
    if any(isinstance(cause, requests.ConnectTimeout | TimeoutError) for cause in causes):
        return f"{host} does not answer: check the address, and whether a firewall stands between."
    return f"{host} can't be reached: check the address and the network of this machine."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that it was made from: chained, as an argument, or as urllib3's `reason`."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
