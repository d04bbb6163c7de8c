"""Both sides, the runs between them, and the door to the network."""

__version__ = "0.1.0"
"""Of HaloBridge; the only place that names it. The lowest floor has it, since every request tells it."""
