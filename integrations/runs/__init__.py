"""Runs: asked for, claimed in steps, renewed, reaped, and what a call may cost."""
