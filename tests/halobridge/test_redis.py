"""With `REDIS_URL` the cache is Redis, shared by all processes and machines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.installation import Installation

pytestmark = pytest.mark.redis
REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9")


def shell(bridge: Installation, line: str) -> str:
    program = f"from django.core.cache import cache; {line}"
    return bridge.manage("shell", "--no-imports", "-c", program).strip()


def test_what_one_process_puts_into_the_cache_another_one_finds(tmp_path: Path) -> None:
    bridge = Installation(tmp_path, REDIS_URL=REDIS)
    key = f"halobridge-test-{tmp_path.name}"
    shell(bridge, f"cache.set('{key}', 'there', 30)")
    assert shell(bridge, f"print(cache.get('{key}'))") == "there"


def test_a_redis_that_is_away_is_said_by_readyz_and_not_by_a_crash(tmp_path: Path) -> None:
    bridge = Installation(tmp_path, REDIS_URL="redis://127.0.0.1:1/0")
    bridge.manage("migrate", "--verbosity", "0")
    look = (
        "from django.test import Client; answer = Client().get('/readyz', headers={'host': 'localhost'}); "
        "print(answer.status_code, answer.json()['components']['cache']['ok'])"
    )
    assert shell(bridge, look).splitlines()[-1] == "503 False"
