"""Mistakes made on purpose, to test the promises: in the table, in its interpreter, and as products make them."""
