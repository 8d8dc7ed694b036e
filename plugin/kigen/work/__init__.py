"""Acts: carries events to the hooks, reads the platform, plans, sweeps and leaves evidence."""
