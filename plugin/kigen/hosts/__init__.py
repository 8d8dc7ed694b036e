"""Meets a billing platform: one folder per platform, behind one narrow port."""
