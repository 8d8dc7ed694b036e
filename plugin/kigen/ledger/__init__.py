"""REMEMBERS: kigen's own tables beside the host's, one file per thing remembered."""
