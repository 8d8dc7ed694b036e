"""FOSSBilling, met through its tables."""
