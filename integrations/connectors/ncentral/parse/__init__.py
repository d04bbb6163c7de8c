"""N-central's answers -> records. Vendor keys occur here and nowhere else; nothing here reads the network."""
