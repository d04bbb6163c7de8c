"""The simulated MSP360: `console` is the Managed Backup console, `rmm` the RMM API beside it."""
