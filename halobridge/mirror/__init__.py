"""Reading a whole HaloPSA into snapshots, resource by resource, in slices that can be taken up again."""

from halobridge.mirror.engine import begin, read, start

__all__ = ["begin", "read", "start"]
