"""How the simulated NinjaOne answers: the public API v2, and the webhook of an API app."""
