"""The pages of docs/reference that are made from the code: `python -m docs.generate` writes them, a test holds them fresh.

A page is a function that returns its text. To add one: write the function beside its like (the table's readings in `rules`,
words of scenarios and traces in `words`, the thread to the source document in `source`, commands in `commands`, the rooms
of the code in `rooms`), and name it in `PAGES` of `__main__`.
"""

MADE = "<!-- Made by `python -m docs.generate`; what it is made from stands in docs/generate. -->"
