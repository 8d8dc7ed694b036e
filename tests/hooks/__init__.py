"""What the built-in hooks write down, and how plugins are found, checked and called."""
