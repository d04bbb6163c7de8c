"""What a client must know to use the simulated IT Glue. Invented, worth nothing."""

PORT = 8099
KEY = "ITG.5a0d8be1c7f94d2fa3b6e1907cd4821f.Qm3xW9sTn2vK7rBdYh"
