"""Decides what is due, when, and why not yet; knows no clock, no database and no network."""
