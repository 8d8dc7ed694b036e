"""Decides whether the tests would notice a wrong policy: with any one place changed, some test must fail."""
