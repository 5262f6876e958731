"""Options that several commands share, each with what it comes to."""
