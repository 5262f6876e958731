"""Documents and drawings: what is shown to people, without knowing which command is asked."""
