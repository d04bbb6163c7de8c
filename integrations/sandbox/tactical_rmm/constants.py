"""What a client must know to use the simulated Tactical RMM. Invented, worth nothing."""

PORT = 8098
KEY = "TACTICALSANDBOX7F3K9Q2M5X8C1V4B"
