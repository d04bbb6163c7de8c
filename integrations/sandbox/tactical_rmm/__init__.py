"""A simulated Tactical RMM server: the same companies and computers, as another console sees them."""
