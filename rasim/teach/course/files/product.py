"""A remote support product: one computer, one question at a time, a view, and control by a second click."""

import asyncio


class Product:
    def __init__(self, saw, helpers, user):
        self.saw, self.helpers, self.user = saw, helpers, user
        self.offer = self.view = self.request = None
        self.held = False
        self.ids = 0

    def new_id(self):
        self.ids += 1
        return self.ids

    def offers(self, expert):
        offer = self.new_id()
        self.saw.offer_received(offer=offer, session="s1", expert=expert)
        if expert not in self.helpers or self.offer or self.view:
            self.saw.offer_refused(offer=offer, reason="other")
            return
        self.offer = offer
        self.saw.prompt_shown(offer=offer, session="s1")
        asyncio.get_running_loop().call_later(60, self.time_is_up, offer)

    def time_is_up(self, offer):
        if self.offer == offer:
            self.saw.offer_refused(offer=offer, reason="timeout")
            self.offer = None

    def accepts(self):
        if self.offer:
            self.saw.accepted(offer=self.offer, session="s1", origin="local", by=self.user)
            self.view = self.new_id()
            self.saw.connection_opened(connection=self.view, offer=self.offer)
            self.offer = None

    def denies(self):
        if self.offer:
            self.saw.denied(offer=self.offer, session="s1", origin="local", by=self.user)

    def asks_for_control(self):
        if self.view and not self.request and not self.held:
            self.request = self.new_id()
            self.saw.control_requested(connection=self.view, request=self.request)
            self.saw.control_prompt_shown(request=self.request, session="s1")

    def grants_control(self):
        if self.request:
            self.saw.control_granted(
                connection=self.view, session="s1", origin="local", by=self.user, request=self.request
            )
            self.request, self.held = None, True

    def moves_the_mouse(self):
        if self.view:
            write = self.saw.input_applied if self.held else self.saw.input_dropped
            write(connection=self.view, session="s1")

    def ends(self):
        if self.view:
            self.saw.ended(connection=self.view, reason="user")
            self.view, self.request, self.held = None, None, False
