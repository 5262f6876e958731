"""A remote support product of a hundred lines on asyncio, and its adapter: what a reader of the tutorial has, with faults to be planted."""

import asyncio

from rasim.testing import Adapter, CannotDo, Recorder


class Product:
    """One computer: an expert offers, the user answers in a minute, a view may grow into control by a second click."""

    def __init__(self, recorder, *, helpers, control, user):
        self.saw, self.helpers, self.control, self.user = recorder, helpers, control, user
        self.offer = self.view = self.request = self.timer = None
        self.held = self.locked = False
        self.rests = set()
        self.count = 0

    def _next(self):
        self.count += 1
        return self.count

    def _later(self, seconds, what, *args):
        return asyncio.get_running_loop().call_later(seconds, what, *args)

    def offers(self, expert):
        offer = self._next()
        self.saw.offer_received(offer=offer, session="s1", expert=expert)
        if expert not in self.helpers or self.offer or self.view or self.locked or expert in self.rests:
            self.saw.offer_refused(offer=offer, reason="other")
            return
        self.offer = (offer, expert)
        self.saw.prompt_shown(offer=offer, session="s1")
        self.timer = self._later(60, self.silence)

    def silence(self):
        if self.offer:
            self.saw.offer_expired(offer=self.offer[0])
            self._refuse("timeout")

    def answers(self, *, yes):
        if not self.offer:
            return
        (offer, expert), word = self.offer, "accepted" if yes else "denied"
        self.saw.write(word, {"offer": offer, "session": "s1", "origin": "local", "by": self.user})
        if not yes:
            self._refuse("denied")
            return
        self.offer = None
        self.timer.cancel()
        self.view = self._next()
        self.saw.connection_opened(connection=self.view, offer=offer, expert=expert)

    def _refuse(self, reason):
        self.saw.offer_refused(offer=self.offer[0], reason=reason)
        if reason != "locked":
            self._rests(self.offer[1])
        self.offer = None
        self.timer.cancel()

    def _rests(self, what):
        self.rests.add(what)
        self._later(60, self.rests.discard, what)

    def frame(self):
        if self.view and not self.locked:
            self.saw.frame_shown(connection=self.view, session="s1")

    def asks_for_control(self):
        if self.view and not self.request and not self.held and not self.locked and "control" not in self.rests:
            request = self._next()
            self.saw.control_requested(request=request, connection=self.view)
            if not self.control:
                fields = {"connection": self.view, "session": "s1", "origin": "policy", "request": request}
                self.saw.control_refused(**fields, reply="forbidden")
                return
            self.request = request
            self.saw.control_prompt_shown(request=request, session="s1")
            self.timer = self._later(30, self.refuses, "timer")

    def refuses(self, origin):
        if self.request:
            by = {"by": self.user} if origin == "local" else {}
            fields = {"connection": self.view, "session": "s1", "origin": origin, "request": self.request}
            self.saw.control_refused(**fields, **by, reply="refused")
            self._rests("control")
            self._forget()

    def _forget(self):
        self.request = None
        self.timer.cancel()

    def grants(self):
        if self.request:
            fields = {"connection": self.view, "session": "s1", "origin": "local", "request": self.request}
            self.saw.control_granted(**fields, by=self.user)
            self.held = True
            self._forget()

    def stops(self):
        if self.held:
            self.saw.control_stopped(connection=self.view, by=self.user, origin="local")
            self.held = False

    def input(self):
        if self.view:
            (self.saw.input_applied if self.held else self.saw.input_dropped)(connection=self.view, session="s1")

    def lock(self):
        self.saw.locked(session="s1")
        self.locked = True
        if self.offer:
            self._refuse("locked")
        if self.held:
            self.saw.control_stopped(connection=self.view, by="computer")
            self.held = False
        if self.request:
            fields = {"connection": self.view, "session": "s1", "origin": "policy", "request": self.request}
            self.saw.control_refused(**fields, reply="refused")
            self._forget()

    def unlock(self):
        self.saw.unlocked(session="s1")
        self.locked = False

    def ends(self):
        if self.view:
            self.saw.ended(connection=self.view, reason="user")
            self.view, self.held = None, False
            self._forget()
            self.rests.discard("control")


class Small(Adapter):
    """The product as it should be."""

    clock = "simulated"
    _product = Product

    def start(self, setting):
        if len(setting.sessions) > 1:
            raise CannotDo("the product knows one session")
        self.recorder = Recorder(clock=asyncio.get_running_loop().time)
        setting.introduce(self.recorder)
        helpers = setting.helpers if setting.offers == "enabled" else []
        (user,) = setting.sessions.values()
        self.it = self._product(self.recorder, helpers=helpers, control=setting.mode == "control", user=user)

    def trace(self):
        return self.recorder

    def offers_help(self, act):
        self.it.offers(act.expert)

    def accepts(self, act):
        self.it.answers(yes=True)

    def denies(self, act):
        self.it.answers(yes=False)

    async def consent_time_passes(self, act):
        await asyncio.sleep(61)

    def a_frame_is_due(self, act):
        self.it.frame()

    def asks_for_control(self, act):
        self.it.asks_for_control()

    def grants_control(self, act):
        self.it.grants()

    def refuses_control(self, act):
        self.it.refuses("local")

    async def control_time_passes(self, act):
        await asyncio.sleep(31)

    def stops_control(self, act):
        self.it.stops()

    def uses_control(self, act):
        self.it.input()

    def is_locked(self, act):
        self.it.lock()

    def is_unlocked(self, act):
        self.it.unlock()

    def user_ends(self, act):
        self.it.ends()
