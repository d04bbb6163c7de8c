"""Whether HaloPSA would take the tickets of a profile: a look at its rules, and a ticket to try it."""
