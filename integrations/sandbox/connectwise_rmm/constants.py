"""What a client must know to use the simulated ConnectWise RMM. Invented, worth nothing."""

PORT = 8101
CLIENT_ID = "0e30-sandbox-halobridge"
CLIENT_SECRET = "asio-sandbox-e84b20d7f1"
SCOPES = (
    "platform.companies.read",
    "platform.sites.read",
    "platform.devices.read",
    "platform.asset.read",
)
"""What the key may be given; others (tickets) are not ticked."""
