"""Rule G: whatever loses a need is over, at once, and with it all inside it; what is inside ends first."""

import pytest

from rasim.protocol import CONTROL, Situation, event, further, start, step, table

READY = start(offers="enabled", control_permitted=True, logged_on=True, listed=True, admitted=True)
TICKETED = READY.so(phase="ticketed")
OFFERED = READY.so(phase="offered")
VIEWING = READY.so(phase="viewing", agreed=True)
HELD = VIEWING.so(control="held")


def applied(**policy: str | bool) -> dict[str, str | bool]:
    """Return a policy that changes nothing but what is given."""
    return {"new_offers": "enabled", "new_control": True, "new_listed": True, **policy}


@pytest.mark.parametrize(
    ("before", "kind", "carries", "lost"),
    [
        (TICKETED, "helper is removed", {}, [("admission", "listed"), ("ticket", "helper")]),
        (TICKETED, "firewall closes", {}, [("ticket", "firewall")]),
        (TICKETED, "policy is applied", applied(new_offers="disabled"), [("ticket", "offers")]),
        (TICKETED, "logs off", {}, [("ticket", "logged on")]),
        (OFFERED, "is locked", {}, [("question", "unlocked")]),
        (OFFERED, "is switched away", {}, [("question", "present")]),
        (OFFERED, "is covered", {}, [("question", "uncovered")]),
        (OFFERED, "policy is applied", applied(new_offers="not configured"), [("question", "offers")]),
        (VIEWING, "policy is applied", applied(new_control=False), []),
        (HELD, "policy is applied", applied(new_control=False), [("control held", "control permitted")]),
        (HELD, "is locked", {}, [("control held", "unlocked")]),
        (HELD, "helper is removed", {},
         [("admission", "listed"), ("view", "helper"), ("agreement", "view"), ("control held", "view")]),
        (HELD.so(locked=True, paused=True, control="cooling"), "computer restarts", {},
         [("lock", "logged on"), ("view", "logged on"), ("pause", "view"), ("agreement", "view"), ("control cooling", "view")]),
        (HELD, "user ends", {}, [("agreement", "view"), ("control held", "view")]),
        (READY.so(phase="cooling"), "logs off", {}, [("cooling", "logged on")]),
        (VIEWING, "is locked", {}, []),
    ],
)  # fmt: skip
def test_what_loses_a_need_is_over(
    before: Situation, kind: str, carries: dict[str, str | bool], lost: list[tuple[str, str]]
) -> None:
    """Each thing that loses a need is over with the first need that it lost, and then each thing inside it."""
    outcome = step(before, event(kind, **carries))

    assert lost == [(entry.thing, entry.need.name) for entry in outcome.lost]


@pytest.mark.parametrize(
    ("before", "kind", "ended"),
    [
        (HELD.so(control="asked"), "user ends", ["control asked", "agreement", "view"]),
        (VIEWING.so(paused=True), "expert ends", ["agreement", "pause", "view"]),
        (HELD, "helper is removed", ["control held", "agreement", "view", "admission"]),
        (HELD.so(locked=True, control="free"), "logs off", ["agreement", "view", "lock"]),
    ],
)
def test_what_is_inside_ends_first(before: Situation, kind: str, ended: list[str]) -> None:
    """A thing inside another ends before it, however the outer one ends."""
    assert ended == list(step(before, event(kind)).ended)


def test_the_lines_of_nested_endings_stand_in_order() -> None:
    """Control is taken back before the view is told to have ended, each with its reason."""
    effects = step(HELD, event("helper is removed")).effects

    assert [
        ("helper_removed", None),
        ("control_stopped", "other"),
        ("ended", "helper removed"),
        ("indicator_off", "helper removed"),
    ] == [(effect.name, dict(effect.fields).get("reason")) for effect in effects]


def test_what_is_outside_begins_first() -> None:
    """With an acceptance the view begins before the agreement inside it."""
    assert ("view", "agreement") == step(OFFERED, event("accepts")).began


def test_coming_back_restores_nothing() -> None:
    """Control that a lock took back is not there again when the session is unlocked."""
    locked = step(HELD, event("is locked")).after

    assert ("viewing", "free") == (step(locked, event("is unlocked")).after["phase"], locked["control"])


def test_a_mode_raised_later_gives_nothing() -> None:
    """A view accepted while helpers might only view stays without control when the mode is raised."""
    view_only = step(OFFERED.so(control_permitted=False), event("accepts")).after
    raised = step(view_only, event("policy is applied", **applied())).after

    assert (True, False) == (raised["control permitted"], raised["agreed"])
    assert ("C2", "free") == ((o := step(raised, event("asks for control"))).row and o.row.id, o.after["control"])


def test_all_inside_a_view_ends_with_it() -> None:
    """However many capabilities are held, they all end before the view."""
    rules = table(capabilities=(CONTROL, further("chat")))
    both = start(rules, offers="enabled", control_permitted=True, logged_on=True, listed=True, admitted=True,
                 phase="viewing", agreed=True, control="held", chat="held")  # fmt: skip
    outcome = step(both, event("link is lost"), rules)

    assert ("chat held", "control held", "agreement", "view") == outcome.ended
    assert ["link_lost", "capability_revoked", "control_stopped", "ended", "indicator_off"] == [
        e.name for e in outcome.effects
    ]
