"""The memory that a full mirror takes: `python -m tests.benchmarks.memory ASSETS` prints one line of JSON."""

from __future__ import annotations

import json
import os
import resource
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from integrations.models import HaloAsset  # noqa: E402
from tests.benchmarks.large_halo import serving  # noqa: E402
from tests.benchmarks.mirroring import connect, read  # noqa: E402


def peak_mb() -> float:
    """Peak resident memory of this process; Linux tells it in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(assets: int) -> None:
    call_command("migrate", verbosity=0)
    with serving(100) as small:
        read(connect(small), full=True)  # everything that is imported and kept by a worker is there now
    idle = peak_mb()
    with serving(assets) as root:
        run, seconds = read(connect(root), full=True)
    stored = HaloAsset.objects.count()
    assert stored == assets + 100, stored
    figures = {"over_idle_mb": peak_mb() - idle, "rows_a_second": assets / seconds, "calls": run.calls}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]))
