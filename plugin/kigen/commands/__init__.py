"""The commands of kigen, one file each; kigen.cli puts them together."""
