"""A simulated HaloPSA and simulated consoles, real HTTP on loopback, for trying out and for tests.

A colleague, not a friend: it answers as the vendors' descriptions say, awkward variants included, and
knows nothing of the code that talks to it. It imports nothing else of this project and needs no Django.

Where to look: `server` starts it; `switches` lists how it can be made awkward; `faults` what can go wrong
on the way; `generation` what it holds at first; `halo`, `msp360`, `ninjaone` how it answers; `pages` what
people see.
"""
