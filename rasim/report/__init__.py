"""The answers in words and data: what people read on a terminal and programs read as JSON."""
