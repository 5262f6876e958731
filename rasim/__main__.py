"""`python -m rasim` is the command `rasim`."""

from rasim.cli.main import main

main()
