"""A simulated N-able N-central server: the same companies and computers, as another console sees them."""
