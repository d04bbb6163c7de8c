"""What people do to our tickets in HaloPSA: seen, respected and shown."""

from ticketing.watching.looking import watch

__all__ = ["watch"]
