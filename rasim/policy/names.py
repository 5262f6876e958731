"""How two names are compared.

The question looks trivial and is a door: a comparison that is too generous makes a stranger a helper. Every other module asks here.
"""


def fold(text: str) -> str:
    """Return the form in which Windows names are compared: capitals, letter by letter.

    Only a letter and its own capital are one (`a` and `A`). Letters that merely share a capital with another (the
    dotless i, the long s) or become two (the sharp s) stay themselves: a match that Windows might not make is not
    made (fail closed, R26).
    """
    if text.isascii():
        return text.upper()
    return "".join(upper if (upper := letter.upper()).lower() == letter else letter for letter in text)
