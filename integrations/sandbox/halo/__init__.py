"""The simulated HaloPSA: `application` takes requests, `routes` says which function answers which path."""
