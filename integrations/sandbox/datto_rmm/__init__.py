"""How the simulated Datto RMM answers: the API v2, its limit of calls, and a Global Webhook."""
