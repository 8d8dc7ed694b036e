"""The bridges inside the platforms: their PHP, run as the platforms run it, and how they are put there."""
