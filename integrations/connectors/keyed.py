"""Reads with an API key that stands in a header and can't be renewed: what several consoles do alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from integrations.connectors.base import ConsoleAccess
from integrations.connectors.bodies import LONGEST_QUOTE
from integrations.connectors.patience import patiently
from integrations.net.errors import Forbidden, Unauthorised
from integrations.net.http import Client
from integrations.net.redact import cut


@dataclass(frozen=True, slots=True)
class Sentences:
    """What to tell staff about a refusal, with `{host}` in it; the console's own words are added."""

    unauthorised: str
    forbidden: str


class KeyedReads:
    """GETs with a key in a header. `patient` repeats what fails for a passing reason; a test does not wait.

    Raises `NetError`s only.
    """

    def __init__(
        self,
        access: ConsoleAccess,
        base_url: str,
        headers: Mapping[str, str],
        sentences: Sentences,
        *,
        secret: str,
        patient: bool = True,
    ) -> None:
        self._access = access
        self._base_url = base_url
        self._headers = headers
        self._sentences = sentences
        self._secret = secret
        self._patient = patient

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """The data of one answer."""
        if self._patient:
            return patiently(lambda: self._get_once(path, params))
        return self._get_once(path, params)

    def _get_once(self, path: str, params: Mapping[str, Any]) -> Any:
        """A single refusal, while the server restarts, is not the end of a read; the second one is."""
        try:
            return self._answer(path, params)
        except Unauthorised:
            return self._answer(path, params)

    def _answer(self, path: str, params: Mapping[str, Any]) -> Any:
        try:
            return self._http.get(path, params=params).data
        except Unauthorised as error:
            raise error.with_sentence(self._told(self._sentences.unauthorised, error)) from error
        except Forbidden as error:
            raise error.with_sentence(self._told(self._sentences.forbidden, error)) from error

    def _told(self, sentence: str, error: Unauthorised | Forbidden) -> str:
        words = f' It said: "{cut(error.body_text, LONGEST_QUOTE)}".' if error.body_text else ""
        return sentence.format(host=self._http.host) + words

    @cached_property
    def _http(self) -> Client:
        return Client(
            self._base_url,
            allow_private=self._access.allow_private,
            headers=self._headers,
            secrets=(self._secret,),
            ca_bundle=self._access.ca_bundle,
        )
