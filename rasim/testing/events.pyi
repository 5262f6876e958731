# Made by `python -m docs.generate` from rasim/protocol/lines.py: what a Recorder writes, for mypy and for editors.
from collections.abc import Mapping
from typing import Literal

_Id = str | int
_Texts = list[str] | tuple[str, ...]
_Capability = Literal["view", "control", "chat", "clipboard in", "clipboard out", "file in", "file out", "elevation", "record"]
_Origin = Literal["local", "injected", "policy", "timer", "unknown"]
_Reply = Literal["refused", "forbidden"]
_Reason = Literal["not configured", "disabled", "not in list", "no user", "no prompt", "locked", "denied", "timeout", "cancelled", "expired", "policy changed", "helper removed", "firewall", "transport", "duplicate", "malformed", "busy", "rate limited", "forbidden", "user", "expert", "limit", "other"]
_Offers = Literal["enabled", "disabled", "not configured"]
_Mode = Literal["view", "control"]
_Solicited = Literal["enabled", "disabled", "not configured"]
_State = Literal["open", "closed"]
_Side = Literal["computer", "expert"]
_Audited = Literal["offer", "refusal", "answer", "grant", "revocation", "end"]

class Events:
    def recording_ended(self, *, x: Mapping[str, object] | None = None) -> None: ...  # only as the last line: nothing was cut off
    def policy_applied(self, *, version: _Id, offers: _Offers, mode: _Mode | None = None, helpers: _Texts | None = None, members: Mapping[str, _Texts] | None = None, solicited: _Solicited | None = None, os: str | None = None, exceptions: _Texts | None = None, x: Mapping[str, object] | None = None) -> None: ...  # from here on this policy is in force
    def helper_added(self, *, expert: str, version: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # an account was put on the list of helpers, or counts as on it now
    def helper_removed(self, *, expert: str, version: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # an account is no longer on the list of helpers
    def member_added(self, *, group: str | None = None, account: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # an account was put into a group
    def member_removed(self, *, group: str | None = None, account: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # an account was taken out of a group
    def membership_checked(self, *, group: str | None = None, account: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the computer compared list and groups with who may offer: the refresh task ran
    def firewall_changed(self, *, port: int, state: _State, because: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # a port was opened or closed
    def logged_on(self, *, session: _Id, by: str, x: Mapping[str, object] | None = None) -> None: ...  # a user logged on; the session is in front of its owner
    def logged_off(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the user of the session logged off
    def locked(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the session was locked
    def unlocked(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the session was unlocked
    def switched_away(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the session left the screen, its user stays logged on
    def switched_to(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the session came to the screen, in front of its owner; nothing is said of other sessions
    def secure_desktop_on(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the secure desktop covers the session
    def secure_desktop_off(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the secure desktop is gone
    def local_input(self, *, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # somebody at the computer used mouse or keyboard in this session
    def contact(self, *, expert: str | None = None, session: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # an expert"s computer called; nothing was shown to either side
    def contact_refused(self, *, expert: str | None = None, session: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the call was turned away
    def sessions_disclosed(self, *, expert: str, sessions: list[_Id] | tuple[_Id, ...] | _Texts, x: Mapping[str, object] | None = None) -> None: ...  # the expert was told which sessions there are
    def ticket_issued(self, *, ticket: _Id, expert: str, session: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert got a ticket, which an offer needs
    def ticket_refused(self, *, ticket: _Id, expert: str, session: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert got none
    def ticket_expired(self, *, ticket: _Id, expert: str, session: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the ticket is void: used, too old, or its grounds are gone
    def offer_received(self, *, offer: _Id, session: _Id, expert: str | None = None, ticket: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # an offer arrived
    def offer_refused(self, *, offer: _Id, reason: _Reason, x: Mapping[str, object] | None = None) -> None: ...  # the offer is over without a view
    def prompt_shown(self, *, offer: _Id, session: _Id, prompt: _Id | None = None, names: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user is asked about the offer
    def prompt_hidden(self, *, offer: _Id | None = None, request: _Id | None = None, session: _Id | None = None, prompt: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # that question is gone
    def prompt_covered(self, *, offer: _Id | None = None, request: _Id | None = None, session: _Id | None = None, prompt: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # something lies over the question
    def prompt_changed(self, *, offer: _Id | None = None, request: _Id | None = None, session: _Id | None = None, prompt: _Id | None = None, reason: _Reason | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the words of the question changed
    def offer_cancelled(self, *, offer: _Id, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert took the offer back, or the link to the expert was lost
    def offer_expired(self, *, offer: _Id, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the time for an answer passed
    def accepted(self, *, offer: _Id, session: _Id, origin: _Origin, by: str | None = None, prompt: _Id | None = None, reply: _Reply | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the computer took an acceptance of the offer
    def denied(self, *, offer: _Id, session: _Id, origin: _Origin, by: str | None = None, prompt: _Id | None = None, reply: _Reply | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the computer took a no to the offer
    def connection_opened(self, *, connection: _Id, offer: _Id, expert: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # from here on the computer may show frames
    def frame_shown(self, *, connection: _Id, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the expert got a picture of the session
    def frame_withheld(self, *, connection: _Id, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # a picture was due and none was shown
    def paused(self, *, connection: _Id, by: str, origin: _Origin | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the view was paused
    def resumed(self, *, connection: _Id, by: str, origin: _Origin | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the view goes on
    def control_requested(self, *, request: _Id, connection: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the expert asked for control
    def control_withdrawn(self, *, request: _Id, connection: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the expert took that request back
    def control_prompt_shown(self, *, request: _Id, session: _Id, prompt: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user is asked for control
    def control_prompt_hidden(self, *, request: _Id, session: _Id, prompt: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # that question is gone
    def control_granted(self, *, connection: _Id, session: _Id, origin: _Origin, request: _Id | None = None, by: str | None = None, prompt: _Id | None = None, reply: _Reply | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert holds control from here on
    def control_refused(self, *, connection: _Id, session: _Id, origin: _Origin, request: _Id | None = None, by: str | None = None, prompt: _Id | None = None, reply: _Reply | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the request is answered with no
    def control_stopped(self, *, connection: _Id, by: str, origin: _Origin | None = None, x: Mapping[str, object] | None = None) -> None: ...  # control was taken back
    def control_released(self, *, connection: _Id, by: str, origin: _Origin | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert gave control back
    def input_applied(self, *, connection: _Id, session: _Id, kind: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # input of the expert reached the session
    def input_dropped(self, *, connection: _Id, session: _Id, kind: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # input of the expert arrived and did nothing
    def capability_requested(self, *, request: _Id, connection: _Id, capability: _Capability, session: _Id | None = None, prompt: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert asked for another capability
    def capability_withdrawn(self, *, request: _Id, connection: _Id, capability: _Capability, session: _Id | None = None, prompt: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert took that request back
    def capability_prompt_shown(self, *, request: _Id, connection: _Id, capability: _Capability, session: _Id | None = None, prompt: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user is asked for it
    def capability_prompt_hidden(self, *, request: _Id, connection: _Id, capability: _Capability, session: _Id | None = None, prompt: _Id | None = None, x: Mapping[str, object] | None = None) -> None: ...  # that question is gone
    def capability_granted(self, *, connection: _Id, capability: _Capability, session: _Id, origin: _Origin, request: _Id | None = None, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert holds it from here on
    def capability_refused(self, *, connection: _Id, capability: _Capability, session: _Id, origin: _Origin, request: _Id | None = None, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the request is answered with no
    def capability_used(self, *, connection: _Id, capability: _Capability, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the expert used it, and it worked
    def capability_revoked(self, *, connection: _Id, capability: _Capability, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # it was taken back or given back
    def indicator_on(self, *, connection: _Id, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # the user can see that somebody looks on
    def indicator_off(self, *, connection: _Id, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # that sign is gone
    def end_offered(self, *, connection: _Id, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # from here on the user is offered a way to end the connection
    def end_withheld(self, *, connection: _Id, session: _Id, x: Mapping[str, object] | None = None) -> None: ...  # from here on the user is offered none
    def end_asked(self, *, connection: _Id, session: _Id | None = None, by: str | None = None, origin: _Origin | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user"s own act to end the connection, whether or not it had an effect
    def stop_asked(self, *, connection: _Id, session: _Id | None = None, by: str | None = None, origin: _Origin | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user"s own act to take back what the expert holds, whether or not it had an effect
    def screen_blanked(self, *, connection: _Id, session: _Id, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user"s own screen was made dark, by the expert"s side if `by` does not say otherwise
    def screen_unblanked(self, *, connection: _Id, session: _Id, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user"s own screen shows again what it should
    def input_blocked(self, *, connection: _Id, session: _Id, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user"s own mouse and keyboard were shut out, by the expert"s side if `by` does not say otherwise
    def input_unblocked(self, *, connection: _Id, session: _Id, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the user"s own mouse and keyboard count again
    def ended(self, *, connection: _Id, reason: _Reason, by: str | None = None, origin: _Origin | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the assistance is over
    def link_lost(self, *, connection: _Id | None = None, offer: _Id | None = None, expert: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the network between the two sides is gone
    def reconnect_attempted(self, *, connection: _Id, ticket: _Id | None = None, expert: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # an expert came back to an old connection
    def reconnect_refused(self, *, connection: _Id, ticket: _Id | None = None, expert: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # and was turned away
    def restarted(self, *, side: _Side, x: Mapping[str, object] | None = None) -> None: ...  # one side started anew
    def cooldown_over(self, *, expert: str, session: _Id, capability: _Capability | None = None, x: Mapping[str, object] | None = None) -> None: ...  # after a refusal the same question may be asked again
    def audited(self, *, kind: _Audited, offer: _Id | None = None, request: _Id | None = None, connection: _Id | None = None, session: _Id | None = None, expert: str | None = None, ticket: _Id | None = None, by: str | None = None, x: Mapping[str, object] | None = None) -> None: ...  # the computer wrote an audit record of this
