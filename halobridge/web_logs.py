"""The web server's own lines go where all others go, in the same format."""

from __future__ import annotations

import logging.config
import os
from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger


class WebServerLog(Logger):  # type: ignore[misc]
    """Named on the server's command line. Its first process logs before the application is loaded."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halobridge.settings")
        logging.config.dictConfig(settings.LOGGING)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
