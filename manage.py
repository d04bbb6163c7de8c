#!/usr/bin/env python
"""Django's command line for HaloBridge."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halobridge.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from halobridge.acting import by_command

    try:
        with by_command(sys.argv):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"HaloBridge can't start: {problem}")
