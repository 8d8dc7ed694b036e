"""`python -m kigen`: the same as `kigen`."""

from kigen.cli import main

main(prog_name="kigen")
