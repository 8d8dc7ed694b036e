"""Makes the bundle that a client gets: one ZIP with everything that is held about it, streamed, whatever its size."""
