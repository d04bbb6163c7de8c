"""What a client must know to use the simulated Datto RMM. Invented, worth nothing."""

PORT = 8096
PLATFORM = "merlot"
API_KEY = "DATTOSANDBOX4K8W2M"
API_SECRET = "datto-sandbox-71f3c0a9e5"
PUBLIC_CLIENT = ("public-client", "public")
"""The same for everybody; key and secret are user name and password."""
