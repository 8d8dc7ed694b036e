"""kigen.hooks: what kigen does with each family of billing events, through the same hooks as anybody's plugin."""
