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

    def choose(self, key: str, value: str) -> None:
        """Choose a value of a select by the pointer's way."""
        self.tab.select_option(f'select[data-key="{key}"]', value)

    def way(self) -> list[str]:
        """Return the steps of the way that the lesson has for those who ask."""
        found: list[str] = self.tab.evaluate(
            "rasim.then(x => x.lesson.way.map(act => [act[1], Share.packed([x.step(act)])]))"
        )
        return found
