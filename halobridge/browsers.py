"""What pages may load and do in a browser: from our own origin only, and no script inside a page."""

from __future__ import annotations

from typing import Any, Final

CONTENT_SECURITY_POLICY: Final[dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        # Alpine, which the theme brings, evaluates the expressions in its attributes; nothing else needs it.
        "script-src": ["'self'", "'unsafe-eval'"],
        # The theme sets its colours and widths in style attributes and one style element.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
