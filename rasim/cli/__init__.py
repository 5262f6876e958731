"""The command `rasim`: one file per command, above everything else."""
