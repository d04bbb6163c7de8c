"""What can go wrong on the network, sorted by what to do about it.

Every error tells its own story in one sentence that staff can act on. A sentence and a body text never
hold a secret: they are redacted before an error is made.
"""

from __future__ import annotations

import copy
from typing import Self

from integrations.net.redact import cut

BODY_TEXT_LIMIT = 500


class NetError(Exception):
    """`status` is the HTTP status if there was an answer; `body_text` what the other side said (cut).

    `never_sent` is True where it is certain that the request was not executed because it never left.
    """

    never_sent: bool = False

    def __init__(self, sentence: str, *, status: int | None = None, body_text: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.body_text = cut(body_text, BODY_TEXT_LIMIT)

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sentence!r}, status={self.status})"

    def with_sentence(self, sentence: str) -> Self:
        """The same error in the words of someone who knows more about the call."""
        other = copy.copy(self)
        other.sentence = sentence
        other.args = (sentence,)
        return other


class Unreachable(NetError):
    """The connection was never made (name, refusal, time-out, certificate): safe to repeat."""

    never_sent = True


class HostNotAllowed(NetError):
    """A private address or plain http that nobody has listed as allowed; nothing was sent."""

    never_sent = True


class NoSecret(Unreachable):
    """There is nothing to log in with: the stored secret can't be read. Nothing was sent."""


class LostAnswer(NetError):
    """Sent, but no whole answer came back. What was asked for may have been done."""


class Unauthorised(NetError):
    """401: the key or token is not (or no longer) accepted."""


class TokenRefused(Unauthorised):
    """The token endpoint refused to give a token; `code` is its OAuth error, for example invalid_client."""

    never_sent = True

    def __init__(
        self, sentence: str, *, status: int | None = None, body_text: str = "", code: str = ""
    ) -> None:
        super().__init__(sentence, status=status, body_text=body_text)
        self.code = code


class Forbidden(NetError):
    """403: known, but without the permission."""


class NotFound(NetError):
    """404."""


class RateLimited(NetError):
    """429; nothing was executed. `retry_after` are seconds, where the other side named them."""

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = 429,
        body_text: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence, status=status, body_text=body_text)
        self.retry_after = retry_after


class Refused(NetError):
    """Any other 4xx: the request itself is at fault and was not executed."""


class ServerFailed(NetError):
    """5xx: it may or may not have been executed."""


class Unavailable(ServerFailed):
    """503."""


class BadAnswer(NetError):
    """An answer came, but not what was asked for: a web page, broken JSON, nothing, a redirect."""


class ShortList(NetError):
    """A list ended before all its rows had come, or went in circles: not a complete read."""


BY_STATUS: dict[int, type[NetError]] = {
    401: Unauthorised,
    403: Forbidden,
    404: NotFound,
    429: RateLimited,
    503: Unavailable,
}


def error_class(status: int) -> type[NetError]:
    """The error class of a status that is not 2xx."""
    if status in BY_STATUS:
        return BY_STATUS[status]
    if 400 <= status < 500:
        return Refused
    return ServerFailed if status >= 500 else BadAnswer
