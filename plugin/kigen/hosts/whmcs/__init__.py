"""WHMCS, met through its tables."""
