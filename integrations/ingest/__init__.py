"""Records → snapshots: what was read is stored set by set, and what was missing is noticed.

`console_side` and `halo_side` keep what consoles and HaloPSA hold, `events` what consoles tell. Nothing here
reads the network, and no transaction is open while the caller's iterators do.
"""
