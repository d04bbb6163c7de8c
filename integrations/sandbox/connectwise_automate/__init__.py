"""How the simulated ConnectWise Automate answers: the REST API v1 of a server."""
