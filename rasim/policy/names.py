"""How two names are compared, and how a name from a file is shown.

Both questions look trivial and both are doors: a comparison that is too generous makes a stranger a helper,
and a name printed raw can move the cursor or hide a letter. Every other module asks here.
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


def printable(text: str) -> str:
    """Return `text` with everything that has no picture of its own as `<U+200B>`.

    Control characters, lone halves of surrogate pairs, and the invisible marks that turn or hide text (R51).
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in text)
