"""What a client must know to use the simulated NinjaOne. Invented, worth nothing."""

PORT = 8095
CLIENT_ID = "ninja-sandbox-app"
CLIENT_SECRET = "ninja-sandbox-5c27e1d94b"
SCOPES = ("monitoring", "management", "control")
