"""Settings of the test suite: the product's own, with keys of its own and nothing from a `.env` file."""

import os

os.environ.setdefault("HALOBRIDGE_SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-abcdef")
os.environ.setdefault("HALOBRIDGE_ENCRYPTION_KEYS", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
os.environ.setdefault("HALOBRIDGE_ALLOW_PRIVATE_HOSTS", "127.0.0.1,localhost")
os.environ.setdefault("HALOBRIDGE_TESTING", "1")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from halobridge.settings import *  # noqa: F403

HALOBRIDGE_DELIVERY_THREADS = 1
"""A test's transaction belongs to one thread; what many do at once has tests of its own."""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "throttles")
}
CACHES["figures"] = {
    "BACKEND": "django.core.cache.backends.dummy.DummyCache"
}  # a slow machine changes no test
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"token": None}  # noqa: F405  counts would live on between tests
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  whitenoise warns about a missing one
