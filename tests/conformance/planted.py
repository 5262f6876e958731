"""Faults of products, planted one by one: each is what some product really did, and each is reached only through the adapter."""

from tests.conformance.small_product import Product, Small


class _Remembers(Product):
    """A yes is remembered: the next offer of the same expert connects at once."""

    friend = None

    def offers(self, expert):
        super().offers(expert)
        if self.offer and expert == self.friend:
            offer, expert = self.offer
            self.offer, self.view = None, self._next()
            self.timer.cancel()
            self.saw.connection_opened(connection=self.view, offer=offer, expert=expert)

    def answers(self, *, yes):
        if self.offer and yes:
            self.friend = self.offer[1]
        super().answers(yes=yes)


class _NeverAsks(Product):
    """Whoever may offer is connected, and the question stands there for show."""

    def offers(self, expert):
        super().offers(expert)
        if self.offer:
            offer, expert = self.offer
            self.offer, self.view = None, self._next()
            self.timer.cancel()
            self.saw.connection_opened(connection=self.view, offer=offer, expert=expert)


class _SilenceAccepts(Product):
    """Whoever says nothing for a minute has agreed."""

    def silence(self):
        if self.offer:
            offer, expert = self.offer
            self.offer, self.view = None, self._next()
            self.saw.accepted(offer=offer, session="s1", origin="timer")
            self.saw.connection_opened(connection=self.view, offer=offer, expert=expert)


class _ControlComesWithTheView(Product):
    """The yes to the view is a yes to control."""

    def answers(self, *, yes):
        super().answers(yes=yes)
        self.held = self.view is not None


class _GoesOnAfterTheEnd(Product):
    """The picture goes on after the end."""

    old = None

    def ends(self):
        self.old = self.view or self.old
        super().ends()

    def frame(self):
        if self.old:
            self.saw.frame_shown(connection=self.old, session="s1")
        super().frame()


class _SeesThroughTheLock(Product):
    """A locked session is shown."""

    def frame(self):
        if self.view:
            self.saw.frame_shown(connection=self.view, session="s1")


class _StopsOnlyTheLight(Product):
    """Taking control back says so, and does nothing."""

    def stops(self):
        super().stops()
        self.held = bool(self.view)


class _KnowsNoList(Product):
    """Everybody may offer."""

    def offers(self, expert):
        self.helpers = [expert]
        super().offers(expert)


class _KnowsNoMode(Product):
    """Control is given under a policy that lets helpers only view."""

    def asks_for_control(self):
        self.control = True
        super().asks_for_control()


class _AsksAgain(Product):
    """A no does not rest."""

    def _rests(self, what):
        pass


class _TakesASecond(Product):
    """A second expert is asked about while the first one views."""

    def offers(self, expert):
        view, self.view = self.view, None
        super().offers(expert)
        self.view = view or self.view


FAULTS = {
    "asks and does not wait": (_NeverAsks, "nothing_shown_before_acceptance"),
    "remembers a yes": (_Remembers, "nothing_shown_before_acceptance"),
    "silence accepts": (_SilenceAccepts, "silence_refuses"),
    "control comes with the view": (_ControlComesWithTheView, "acceptance_gives_view_only"),
    "goes on after the end": (_GoesOnAfterTheEnd, "ended_means_ended"),
    "sees through the lock": (_SeesThroughTheLock, "a_session_out_of_sight_answers_nothing"),
    "stops only the light": (_StopsOnlyTheLight, "a_looser_policy_gives_nothing_to_the_running"),
    "knows no list": (_KnowsNoList, "unlisted_expert_never_reaches_the_user"),
    "knows no mode": (_KnowsNoMode, "view_only_policy_never_yields_control"),
    "asks again": (_AsksAgain, "a_refusal_rests"),
    "takes a second": (_TakesASecond, "one_expert_at_a_time"),
}
"""Each fault with a promise that it breaks."""


def with_fault(name):
    """Return the adapter of the product with a fault."""
    product, _ = FAULTS[name]
    return type(product.__name__.strip("_"), (Small,), {"_product": product})
