"""An independent, naive second reading of the retention schedule, for tests that compare it with the program."""
