"""HaloBridge: keeps management consoles and HaloPSA in step."""

__version__ = "0.1.0"
