"""kigen keeps the terms of a privacy policy on a billing platform, and says of every record why it stays or goes."""

__version__ = "0.1.0"
