"""ConnectWise RMM's answers -> records. Vendor keys occur here only; nothing here reads the network."""
