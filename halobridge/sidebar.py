"""Look of the admin: name, colours, and a navigation that follows the work, not the apps."""

from __future__ import annotations

from typing import Any

UNFOLD: dict[str, Any] = {"SITE_TITLE": "HaloBridge", "SITE_HEADER": "HaloBridge", "SITE_SYMBOL": "sync_alt"}
