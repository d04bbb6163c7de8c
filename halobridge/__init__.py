"""HaloBridge: keeps management consoles and HaloPSA in step."""

from integrations import __version__

__all__ = ["__version__"]
