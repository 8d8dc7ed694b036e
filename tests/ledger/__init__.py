"""The ledger on both engines: what is remembered comes back as it was, whatever the order in which it was told."""
