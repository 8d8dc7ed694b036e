"""The proof of the main job: a million histories against the oracle, and whole lives of clients, step by step."""
