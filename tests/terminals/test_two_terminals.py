"""Both programs on loopback, each in a terminal of its own, looked at as people do."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from rasim.runtime.wire.record import lines_of_computer
from tests.terminals.eyes import ESC, F2, F3, F4, F6, F8, F9, F10, Eyes, identities, looking

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal"),
]
ANNA, MALLORY, BOB = r"CORP\anna", r"CORP\mallory", r"CORP\bob"
# Says what reaches it, a line at a time, and shows that it does.
SAYS = "import sys; print('shell is there', flush=True); [print('got', line.strip(), flush=True) for line in sys.stdin]"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with everybody's identities."""
    folder = tmp_path_factory.mktemp("keys")
    identities(folder, ANNA, MALLORY)
    return folder


class Two:
    """The two terminals."""

    def __init__(self, host: Eyes, calls: Callable[..., AbstractContextManager[Eyes]], record: Path) -> None:
        self.host, self.calls, self.record = host, calls, record


@pytest.fixture
def shared(keys: Path, tmp_path: Path) -> Callable[..., AbstractContextManager[Two]]:
    """Share a terminal, and let experts call it."""

    @contextmanager
    def sharing(*more: str, run: str = "") -> Iterator[Two]:
        policy = ("--set", "offer=enabled", "--set", "mode=control", "--add-helper", ANNA, "--expert", MALLORY)
        record = tmp_path / "record.sqlite"
        where = ("--keys", str(keys), "--listen", "127.0.0.1:0", "--user", BOB, "--record", str(record))
        script = tmp_path / "says.py"
        script.write_text(SAYS, "utf-8")
        command = run or f"{sys.executable} {script}"
        with ExitStack() as stack:
            host = stack.enter_context(looking("host", *where, *policy, "--run", command, *more))
            host.sees("Experts call")
            found = re.search(r"Experts call (127\.0\.0\.1:\d+)", host.text)
            assert found is not None

            def calls(who: str = "anna") -> AbstractContextManager[Eyes]:
                return looking("expert", found[1], "--as", str(keys / f"{who}.pem"))

            yield Two(host, calls, record)

    return sharing


Shared = Callable[..., AbstractContextManager[Two]]


def quits(two: Two) -> str:
    """Let the user end sharing, and return the verdict on the record."""
    two.host.types(F10)
    assert 0 == two.host.ends(), two.host.text
    return two.host.text


def test_an_offer_that_is_denied(shared: Shared) -> None:
    """The question has the authenticated name and its time, a no is a no, and the expert sees nothing and is told so."""
    with shared() as two, two.calls() as anna:
        two.host.sees("shell is there", rf"{ANNA} offers help and asks to see this terminal", "no answer in")
        anna.sees("The user of pc1 is asked whether you may look on")
        assert "shell is there" not in anna.text
        two.host.types(F3)
        anna.sees("You see nothing of pc1", "No view: the user said no.")
        two.host.sees("Nobody looks on")
        anna.types(F2)
        anna.sees("you have to wait after a no")
        anna.types(F10)
        assert 0 == anna.ends()
        assert "kept" in quits(two)
    assert "connection_opened" not in " ".join(lines_of_computer(two.record, "pc1"))


def test_look_then_type_then_esc(shared: Shared) -> None:
    """Nothing typed reaches the program before control is granted, all of it while it is held, and nothing after Esc."""
    with shared() as two, two.calls() as anna:
        two.host.sees("F2 let look")
        two.host.types(F2)
        anna.sees("You look on at pc1, and no more", "shell is there")
        two.host.sees(rf"{ANNA} sees this terminal")
        two.host.types("from bob\r")
        anna.sees("got from bob")
        anna.types("too early\r")
        anna.sees("Nothing was typed there: you do not hold control.")
        anna.types(F6)
        two.host.sees(rf"{ANNA} sees this terminal and asks to TYPE in it", "F6 let type")
        two.host.types(F2)  # the key of the first question answers no other
        two.host.types("still bob\r")
        two.host.sees("got still bob", "asks to TYPE")
        two.host.types(F6)
        anna.sees("What you type reaches pc1")
        two.host.sees(rf"{ANNA} TYPES here", "Esc take it back")
        anna.types("from anna\r")
        anna.sees("got from anna")
        anna.types(F2 + F3 + F6)  # of these the last gives control back; none reaches the user's questions
        anna.sees("You gave control back")
        anna.types(F6)
        two.host.sees("F6 let type")
        two.host.types(F6)
        two.host.sees("TYPES here")
        two.host.types(ESC)
        anna.sees("Control was taken back")
        anna.types("too late\r")
        anna.sees("Nothing was typed there: you do not hold control.")
        two.host.types("bob again\r")
        anna.sees("got bob again")
        two.host.types(F8)
        two.host.sees("Who saw what", rf"{ANNA}  see ", rf"{ANNA}  type", BOB, "goes on")
        two.host.types(F8 + F9)
        anna.sees("The view is over: the user ended it.", "You see nothing of pc1")
        assert "got" not in anna.text
        two.host.sees("got still bob", "got from anna", "got bob again")
        for never in ("too early", "too late", "^["):
            assert never not in two.host.text
        assert "kept" in quits(two)


def test_silence_refuses(shared: Shared) -> None:
    """A question that nobody answers is gone when its time is over, and that was a no."""
    with shared("--choice", "consent time=1 s") as two, two.calls() as anna:
        two.host.sees("offers help")
        two.host.sees("Nobody answered in time: that was a no.", "Nobody looks on")
        anna.sees("No view: nobody answered in time, which is a no.")
        assert "kept" in quits(two)
        assert "rasim: the computer goes down" in (anna.ends(), anna.text)[1]


def test_a_pause_shows_nothing(shared: Shared) -> None:
    """While the user pauses, the expert's picture is gone, and what is printed meanwhile is seen only after."""
    with shared() as two, two.calls() as anna:
        two.host.sees("F2 let look")
        two.host.types(F2)
        anna.sees("shell is there")
        two.host.types(F4)
        anna.sees("paused the view: you see nothing")
        assert "shell is there" not in anna.text
        two.host.types("a secret\r")
        two.host.sees("got a secret")
        assert "secret" not in anna.text
        two.host.types(F4)
        anna.sees("You look on at pc1", "shell is there")


def test_who_is_not_on_the_list_is_told_so(shared: Shared) -> None:
    """An expert who may call and is no helper gets no question on show, and hears why."""
    with shared() as two, two.calls("mallory") as mallory:
        mallory.sees("No offer: you are not on the list of helpers there.")
        two.host.sees("Nobody looks on")
        assert "mallory" not in two.host.text


def test_esc_whatever_is_printed(shared: Shared) -> None:
    """Esc takes control back while the expert's own command floods the terminal, and an expert who goes away leaves nothing behind."""
    with shared(run="sh") as two, two.calls() as anna:
        two.host.sees("F2 let look")
        two.host.types(F2)
        anna.sees("You look on")
        anna.types(F6)
        two.host.sees("F6 let type")
        two.host.types(F6)
        anna.sees("What you type reaches pc1")
        anna.types("yes flooded\r")
        two.host.sees("flooded\nflooded\nflooded")
        two.host.types(ESC)
        two.host.sees("You took control back.")
        two.host.types("\x03")
        anna.types("x" * 500)
        anna.stop()
        two.host.sees("The view is over", "Nobody looks on")
        two.host.types("echo still mine\r")
        two.host.sees("still mine\n")
        assert "xx" not in two.host.text
