"""What a client must know to use the simulated ConnectWise Automate. Invented, worth nothing."""

PORT = 8102
USERNAME = "halobridge"
PASSWORD = "automate-sandbox-71d0c4be93"
CLIENT_ID = "7c1f64e2-3b0a-4f57-9d42-5a0c8e1b6f90"
