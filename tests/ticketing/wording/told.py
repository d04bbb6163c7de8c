"""Facts to render templates with."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ticketing.wording import variables

EXAMPLE: dict[str, Any] = deepcopy(variables.EXAMPLE)
