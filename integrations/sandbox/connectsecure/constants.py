"""What a client must know to use the simulated ConnectSecure. Invented, worth nothing."""

PORT = 8094
TENANT = "msp-sandbox"
CLIENT_ID = "cs-sandbox-client"
CLIENT_SECRET = "cs-sandbox-9d41b7f026"
USER_ID = "77"
