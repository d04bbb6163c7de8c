"""What a client must know to use the simulated ScalePad. Invented, worth nothing."""

PORT = 8100
KEY = "sp-sandbox-4e1c9a7b2d6f8035a1c7e9b4d2f60a83"
