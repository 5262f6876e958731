"""The explorer: one HTML page in which both sides of an assistance can be stepped through, with the tables that `step` made."""
