"""How the simulated ConnectWise RMM (Asio) answers: the platform's public API."""
