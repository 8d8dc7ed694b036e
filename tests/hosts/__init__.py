"""Billing platforms behind the port: one contract for all, and what is tricky about each."""
