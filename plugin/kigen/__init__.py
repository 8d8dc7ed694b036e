"""kigen keeps the terms of a privacy policy on a billing platform, and says for every record why it is kept or when it goes."""

__version__ = "0.1.0"
