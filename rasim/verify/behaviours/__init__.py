"""Could the table have done this at all? The behaviours of the table that leave a trace's lines, all at once."""
