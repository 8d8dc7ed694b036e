"""How fast the main job is: every figure against a named peer, on the same rows, on the same server, in one run."""
