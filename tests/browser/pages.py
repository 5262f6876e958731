"""An open page, for the tests of the page: what it asked for, what it complained about, and how a person uses it."""

from typing import Any, Final

HANGS: Final = 5 * 60 * 1000
"""Milliseconds after which a page hangs and is not slow: what is waited for then fails, and says what it was."""
READY: Final = "document.documentElement.dataset.ready === 'yes'"


class Opened:
    """A tab, with everything that its pages asked for and complained about."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.tab = browser.new_page(locale="en-US", reduced_motion="reduce", **options)
        self.tab.set_default_timeout(HANGS)  # a slow machine breaks no test
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.addresses: list[str] = []
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url.split("#")[0]))

    def open(self, address: str) -> None:
        """Open a page on a screen, from the beginning also where it is open already."""
        self.tab.emulate_media(media="screen")
        self.tab.goto("about:blank")
        self.addresses.append(address.split("#", maxsplit=1)[0])
        self.tab.goto(address)
        self.tab.wait_for_function(READY)

    def check(self) -> None:
        """See that its pages complained about nothing, and asked for nothing but themselves."""
        assert self.complaints == []
        assert set(self.asked) <= {"about:blank", *self.addresses}, "it asked for something"

    def menu(self) -> None:
        """Unfold the menu, if it is folded."""
        if self.tab.get_attribute("details.menu", "open") is None:
            self.tab.click(".menu > summary")

    def choose(self, key: str, value: str) -> None:
        """Choose a value of a select by the pointer's way."""
        if not key.startswith("policy"):
            self.menu()
        self.tab.select_option(f'select[data-key="{key}"]', value)
        if not key.startswith("policy") and self.tab.get_attribute("details.menu", "open") is not None:
            self.tab.click(".menu > summary")

    def lesson(self, name: str) -> None:
        """Begin a lesson."""
        self.tab.click(f'button[data-key="lesson {name}"]')

    def free(self, *, empty: bool = False) -> None:
        """Begin free play, on a computer that is ready for an offer or on one where nothing is set up."""
        self.tab.click('button[data-key="free"]')
        if empty:
            self.menu()
            self.tab.check('input[data-key="empty"]')
            self.tab.click(".menu > summary")

    def way(self) -> list[tuple[str, str, int]]:
        """Return the steps of the way that the lesson has for those who ask: kind, as in an address, whose."""
        found: list[tuple[str, str, int]] = self.tab.evaluate(
            "rasim.then(x => x.lesson.way.map(act => [act[1], Share.packed([x.step(act)]), act[0]]))"
        )
        return found

    def act(self, kind: str, step: str, expert: int) -> None:
        """Do one step where its button is: on the desktop of whoever does it, or below."""
        if kind == "policy is applied":
            self.choose("policy new control", "false")
            self.tab.click('button[data-key="policy apply"]')
            return
        if expert > 0 and self.tab.locator(f'[data-step="{step}"]').count() == 0:
            self.tab.click(f'button[data-key="front {expert}"]')
        there = self.tab.locator(f'main [data-step="{step}"]').first
        folded = there.locator("xpath=ancestor::details[not(@open)]")
        if folded.count():
            folded.locator("summary").first.click()
        there.click()
