"""What a terminal shows: whatever is printed becomes cells, and what is sent of it is drawn alike."""

import random
import unicodedata

import pytest

from rasim.terminals.screen import LARGEST_PICTURE, TerminalScreen, of_picture


def shows(data: bytes, columns: int = 20, rows: int = 4) -> TerminalScreen:
    """Return a screen after something was printed."""
    screen = TerminalScreen(columns, rows)
    screen.feed(data)
    return screen


def test_a_picture_is_drawn_alike() -> None:
    """Letters, wide letters, colours by name, by number and by value, bold and the cursor are the same on the other side."""
    data = b"\x1b[1;31mred\x1b[0m \x1b[48;5;240mgrey\x1b[0m\r\n\xe6\xbc\xa2 \x1b[38;2;1;2;3mvalue\x1b[0m\r\n\x1b[7mturned\x1b[0m"
    here = shows(data)
    there = of_picture(here.picture())

    assert [line for line in here.lines if line] == [line for line in there.lines if line]
    assert [[part for part in row if part[1].strip() or part[0]] for row in here.rows(cursor=True)] == [
        [part for part in row if part[1].strip() or part[0]] for row in there.rows()
    ]
    assert ("fg:ansired bold", "red") in here.rows()[0]


def test_the_cursor_is_seen_where_it_shows() -> None:
    """The cursor is a cell of the picture, unless the program hides it."""
    assert any("reverse" in style for style, _ in of_picture(shows(b"$ ").picture()).rows()[0])
    assert not any("reverse" in style for style, _ in of_picture(shows(b"$ \x1b[?25l").picture()).rows()[0])


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_printed_the_screen_goes_on(seed: int) -> None:
    """Sequences that pyte has no answer to are passed over, and what is printed after them is on the screen."""
    draw = random.Random(seed)  # noqa: S311  (no secret)
    for _ in range(50):
        data = b"".join(
            b"\x1b[%s%s%c"
            % (
                draw.choice((b"", b"?", b">", b"!")),
                b";".join(b"%d" % draw.choice((0, 1, 2, 5, 38, 48, 255, 99999)) for _ in range(draw.randrange(5))),
                draw.randrange(0x40, 0x7F),
            )
            for _ in range(8)
        )
        screen = shows(draw.randbytes(20) + data)
        screen.feed(b"\x07\x18\x1bc\x1b%@\x1b%Gon it goes")
        assert screen.lines[0] == "on it goes"
        assert "on it goes" in of_picture(screen.picture()).lines[0]


def test_a_picture_of_anything_is_cells() -> None:
    """A picture that a computer made up reaches nobody's terminal: no letter that is drawn is a control character."""
    draw = random.Random(1)  # noqa: S311  (no secret)
    for _ in range(50):
        screen = of_picture("".join(draw.choice("\x1b\x07\x01\x02\x9b[]0;mHJabc\u202e\ud800\n") for _ in range(200)))
        texts = "".join(text for row in screen.rows() for _, text in row)
        assert not [letter for letter in texts if unicodedata.category(letter) in ("Cc", "Cs")]


def test_a_letter_has_no_heap_of_accents() -> None:
    """Accents without end on one letter are let go of."""
    screen = shows(b"a")
    for _ in range(100):
        screen.feed("\u0301\u0302\u0303".encode() * 10)

    assert len(screen.rows()[0][0][1].strip()) < 20


def test_a_picture_fits_into_a_frame() -> None:
    """Where every cell has a colour of its own the picture is sent without colours, and is never too long."""
    screen = TerminalScreen(100, 60)
    screen.feed(b"".join(b"\x1b[38;2;%d;%d;%dmx" % (n % 256, n // 256, 7) for n in range(6_000)))
    picture = screen.picture()

    assert "\x1b" not in picture
    assert len(picture.encode()) <= LARGEST_PICTURE
    assert picture.startswith("x" * 100)


def test_keys_as_the_program_wants_them() -> None:
    """Cursor keys and what is pasted are typed in the mode that the program asked for."""
    plain, moded = shows(b""), shows(b"\x1b[?1h\x1b[?2004h")

    assert plain.typed("\x1b[A") == "\x1b[A"
    assert moded.typed("a\x1b[A") == "a\x1bOA"
    assert plain.typed("ls", pasted=True) == "ls"
    assert moded.typed("ls", pasted=True) == "\x1b[200~ls\x1b[201~"


def test_what_a_program_asks_its_terminal() -> None:
    """A program that asks where the cursor is gets its answer."""
    answers: list[str] = []
    TerminalScreen(20, 4, answers.append).feed(b"ab\x1b[6n")

    assert answers == ["\x1b[1;3R"]


@pytest.mark.parametrize(
    ("rows", "lines", "cursor"),
    [(2, ["c", "$"], (1, 1)), (3, ["b", "c", "$"], (1, 2)), (9, ["a", "b", "c", "$"], (1, 3))],
)
def test_another_size_keeps_what_is_at_the_cursor(rows: int, lines: list[str], cursor: tuple[int, int]) -> None:
    """A terminal with fewer rows loses those above the cursor's last ones, one with more loses none, and what follows goes on there."""
    screen = shows(b"a\r\nb\r\nc\r\n$", 20, 6)
    screen.resize(10, rows)

    assert lines == [line for line in screen.lines if line]
    assert cursor == screen.cursor
    screen.feed(b" x")
    assert "$ x" in screen.lines
    assert (10, rows) == screen.size
    assert rows == len(screen.rows())


def test_a_shorter_terminal_keeps_what_stands_above_nothing() -> None:
    """Where the cursor is near the top, a smaller terminal takes away empty rows."""
    screen = shows(b"$", 20, 20)
    screen.resize(20, 4)

    assert screen.lines[0] == "$"


def test_a_colour_that_is_none() -> None:
    """A part of a colour that is over 255 counts as 255: there is a picture, and rows that can be drawn."""
    screen = shows(b"\x1b[38;2;999;0;0;48;2;300;300;300mX")

    assert screen.picture().startswith("\x1b[0;38;2;255;0;0;48;2;255;255;255mX")
    assert screen.rows()[0][0] == ("fg:#ff0000 bg:#ffffff", "X")
