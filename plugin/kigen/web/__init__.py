"""SHOWS: the pages inside the platform, the public ones, and the endpoint that takes signed events."""
