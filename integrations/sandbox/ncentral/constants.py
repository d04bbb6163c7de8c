"""What a client must know to use the simulated N-central. Invented, worth nothing."""

PORT = 8097
USER_TOKEN = "ncentral-sandbox-user.c2FuZGJveA.8d41f7b2c6"
SERVICE_ORG = 50
