"""Both programs on loopback, each in a terminal of its own, looked at as people do."""

import asyncio
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli.judge import judge
from rasim.runtime.wire import WireError, connect
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

    def __init__(self, host: Eyes, keys: Path, record: Path) -> None:
        self.host, self.keys, self.record = host, keys, record
        self.host.sees("Experts call")
        found = re.search(r"Experts call 127\.0\.0\.1:(\d+)", host.text)
        assert found is not None
        self.port = int(found[1])

    def calls(self, who: str = "anna") -> AbstractContextManager[Eyes]:
        """Let an expert call."""
        return looking("expert", f"127.0.0.1:{self.port}", "--as", str(self.keys / f"{who}.pem"))


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
            yield Two(host, keys, record)

    return sharing


Shared = Callable[..., AbstractContextManager[Two]]


def quits(two: Two) -> str:
    """Let the user end sharing, and return what is said in the end; the record is on disk, and kept too."""
    two.host.types(F10)
    assert 0 == two.host.ends(), two.host.text
    assert 0 == CliRunner().invoke(judge, [str(two.record)]).exit_code
    return two.host.text


def test_offers_that_are_refused(shared: Shared) -> None:
    """Who is no helper gets no question on show; a question has the authenticated name and its time, and a no is a no that is told."""
    with shared() as two, two.calls() as anna, two.calls("mallory") as mallory:
        mallory.sees("No offer: you are not on the list of helpers there.")
        two.host.sees("shell is there", rf"{ANNA} offers help and asks to see this terminal", "no answer in")
        anna.sees("The user of pc1 is asked whether you may look on")
        assert "shell is there" not in anna.text
        two.host.types(F3)
        anna.sees("You see nothing of pc1", "No view: the user said no.")
        two.host.sees("Nobody looks on")
        assert "mallory" not in two.host.text
        anna.types(F2)
        anna.sees("you have to wait after a no")
        anna.types(F10)
        assert 0 == anna.ends()
        assert "kept" in quits(two)
    assert "connection_opened" not in " ".join(lines_of_computer(two.record, "pc1"))


def test_look_then_type_then_esc(shared: Shared) -> None:
    """Nothing typed reaches the program before control is granted, all of it while it is held, none after Esc; a pause shows nothing."""
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
        two.host.types(F8 + F4)
        anna.sees("paused the view: you see nothing")
        assert "got" not in anna.text
        two.host.types("a secret\r")
        two.host.sees("got a secret")
        assert "secret" not in anna.text
        two.host.types(F4)
        anna.sees("You look on at pc1", "got bob again")
        two.host.types(F9)
        anna.sees("The view is over: the user ended it.", "You see nothing of pc1")
        assert "got" not in anna.text
        two.host.sees("got still bob", "got from anna", "got bob again")
        for never in ("too early", "too late", "^["):
            assert never not in two.host.text
        assert "kept" in quits(two)


def test_silence_refuses(shared: Shared) -> None:
    """A question that nobody answers is gone when its time is over, and that was a no."""
    with shared("--choice", "consent time=1 s") as two, two.calls() as anna:
        two.host.sees("Nobody answered in time: that was a no.", "Nobody looks on")
        anna.sees("No view: nobody answered in time, which is a no.")
        assert "kept" in quits(two)
        assert "rasim: the computer goes down" in (anna.ends(), anna.text)[1]


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


def test_a_hostile_expert(shared: Shared) -> None:
    """Forged answers, keys of the questions sent as input, and floods answer no question, and what is typed unasked reaches nothing."""

    async def attacks(two: Two, keys: Path) -> None:
        async with connect("127.0.0.1", two.port, keys / "anna.pem", "pc1") as anna:
            await anna.offers_help("s1")
            await asyncio.to_thread(two.host.sees, "F2 let look")
            forged = [await anna.does("accepts", "s1", prompt="prompt-1")]
            forged += [await anna.does("uses control", "s1", keys=each) for each in (F2, "evil\r")]
            await asyncio.to_thread(two.host.types, "bob\r")
            await asyncio.to_thread(two.host.sees, "got bob", "offers help")
            two.host.types(F2)
            await asyncio.to_thread(two.host.sees, "sees this terminal")
            await anna.does("asks for control", "s1")
            await asyncio.to_thread(two.host.sees, "F6 let type")
            forged += [await anna.does("grants control", "s1", prompt="prompt-2")]
            forged += [await anna.does("uses control", "s1", keys=each) for each in (F6, "evil\r")]
            assert {"refused", "ignored"} >= {each.verdict for each in forged}
            await asyncio.to_thread(two.host.sees, "asks to TYPE")
            two.host.types(F6)
            await asyncio.to_thread(two.host.sees, "TYPES here")
            typing = [asyncio.create_task(anna.does("uses control", "s1", keys=f"anna {n}\r")) for n in range(15)]
            await asyncio.to_thread(two.host.sees, "got anna 9")
            two.host.types(ESC)
            await asyncio.to_thread(two.host.sees, "You took control back")
            await asyncio.gather(*typing)
            assert "done" != (await anna.does("uses control", "s1", keys="evil\r")).verdict
            flood = [anna.does("uses control", "s1", keys="evil\r") for _ in range(400)]
            over = await asyncio.gather(*flood, return_exceptions=True)
            assert isinstance(over[-1], WireError)

    with shared() as two:
        asyncio.run(attacks(two, two.keys))
        two.host.sees("The view is over", "Nobody looks on")
        two.host.types("still bob\r")
        two.host.sees("got still bob")
        assert "evil" not in two.host.text
        assert "kept" in quits(two)
