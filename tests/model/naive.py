"""The consent rules read a second time, by hand, as plain questions: no table, no rule G, no effects.

This is the voice that may disagree. It was written from the text of the rules (one assistance, the capability control) and
imports nothing of them: where it and the table differ, one of them misread the text.
"""

Facts = dict[str, bool | str]


def may_offer(now: Facts) -> bool:
    """Return whether everything is there that an offer rests on."""
    return now["offers"] == "enabled" and bool(now["reachable"] and now["admitted"] and now["logged on"])


def in_front(now: Facts) -> bool:
    """Return whether the user can see the session."""
    return not (now["locked"] or now["away"] or now["secure desktop"])


def may_control(now: Facts) -> bool:
    """Return whether a question about control, or control itself, may stand."""
    return bool(now["control permitted"] and now["agreed"] and not now["paused"]) and in_front(now)


def has_port_open(now: Facts) -> bool:
    """Return whether this assistance, or the policy it lives under, has port 3389 open."""
    if now["port 3389"] == "while in use":
        return now["phase"] == "viewing"
    return now["port 3389"] == "always open"


def settled(now: Facts) -> Facts:
    """Return what is left when everything that lost its grounds has ended."""
    if not now["logged on"]:
        now = {**now, "locked": False, "away": False, "secure desktop": False, "phase": "idle"}
    if not now["listed"]:
        now = {**now, "admitted": False}
    if now["phase"] in ("ticketed", "offered", "viewing") and not may_offer(now):
        now = {**now, "phase": "idle"}
    if now["phase"] == "offered" and not in_front(now):
        now = {**now, "phase": "idle"}
    if now["phase"] != "viewing":
        now = {**now, "paused": False, "agreed": False, "control": "free"}
    elif now["control"] in ("asked", "held") and not may_control(now):
        now = {**now, "control": "free"}
    return now


def answer(before: Facts, event: str, carries: Facts) -> tuple[str, Facts]:
    """Return whether an event is done, refused or ignored, and the facts after it."""
    if event in WORLD:
        return world(before, event, carries)
    if event == "comes back":
        return "done", before  # heard, and turned away: nothing is resumed
    heard = {
        "idle": idle, "ticketed": ticketed, "offered": offered, "viewing": viewing, "cooling": cooling,
    }[str(before["phase"])](before, event, carries)  # fmt: skip
    if isinstance(heard, str):
        return heard, before
    return "done", settled({**before, **heard})


WORLD = (
    "policy is applied", "helper is added", "helper is removed", "refresh task runs", "firewall opens", "firewall closes",
    "logs on", "logs off", "computer restarts", "is locked", "is unlocked", "is switched away", "is switched to",
    "is covered", "is uncovered",
)  # fmt: skip


def world(  # noqa: C901, PLR0912  (one plain question an event, and none hidden)
    before: Facts, event: str, carries: Facts
) -> tuple[str, Facts]:
    """Return what an event does that may come at any time, whoever is connected."""
    now = dict(before)
    if event == "policy is applied":
        now["offers"], now["control permitted"] = carries["new offers"], carries["new control"]
        now["listed"], now["port 3389"] = carries["new listed"], carries["new port 3389"]
    elif event == "helper is added":
        now["listed"] = True
    elif event == "helper is removed":
        now["listed"] = False
    elif event == "refresh task runs":
        now["admitted"] = now["listed"]
    elif event == "firewall opens":
        now["reachable"] = True
    elif event == "firewall closes":
        now["reachable"] = False
    elif event == "logs on":
        if now["logged on"]:
            return "refused", before
        now["logged on"] = True
    elif event in ("logs off", "computer restarts"):
        now["logged on"] = False
    elif event == "is unlocked":
        now["locked"] = False
    elif event == "is switched to":
        now["locked"] = now["away"] = now["secure desktop"] = False
    elif event == "is uncovered":
        now["secure desktop"] = False
    else:
        hides = {"is locked": "locked", "is switched away": "away", "is covered": "secure desktop"}[event]
        if not now["logged on"] and not now[hides]:
            return "refused", before
        now[hides] = True
    return "done", settled(now)


def idle(now: Facts, event: str, carries: Facts) -> Facts | str:  # noqa: ARG001
    """Answer while nothing is going on: only a ticket can be asked for."""
    if event != "asks for a ticket":
        return "ignored"
    return {"phase": "ticketed"} if may_offer(now) else "refused"


def ticketed(now: Facts, event: str, carries: Facts) -> Facts | str:
    """Answer an expert who has a ticket: an offer asks the user, if the user is free and there to be asked."""
    if event in ("ticket time passes", "expert ends", "link is lost"):
        return {"phase": "idle"}
    if event != "offers help":
        return "ignored"
    if carries["ticket"] != "own":
        return "refused"
    if now["busy"]:
        return {"phase": "idle"}
    return {"phase": "offered"} if may_offer(now) and in_front(now) else "refused"


def clicked(carries: Facts) -> bool:
    """Return whether the user's own hand answered the question that is on show."""
    return carries["origin"] == "local" and carries["prompt"] == "on show"


def offered(now: Facts, event: str, carries: Facts) -> Facts | str:
    """Answer while the user is asked: a click lets the expert view or makes the expert wait; all else ends the question."""
    if event == "accepts":
        return {"phase": "viewing", "agreed": now["control permitted"]} if clicked(carries) else "refused"
    if event == "denies":
        return {"phase": "cooling"} if clicked(carries) else "refused"
    if event == "consent time passes":
        return {"phase": "cooling"}
    if event in ("withdraws", "expert ends", "link is lost", "prompt is covered", "prompt changes", "prompt fails"):
        return {"phase": "idle"}
    return "ignored"


def viewing(now: Facts, event: str, carries: Facts) -> Facts | str:
    """Answer while the expert views: the user may pause and end; control has a question of its own."""
    if event in ("user ends", "expert ends", "link is lost", "maximum time passes"):
        return {"phase": "idle"}
    if event == "a frame is due":
        return {} if in_front(now) and not now["paused"] else "refused"
    if event in ("pauses", "resumes"):
        return {"paused": event == "pauses"} if carries["origin"] == "local" else "refused"
    return about_control(now, event, carries)


def about_control(now: Facts, event: str, carries: Facts) -> Facts | str:
    """Answer about control: free, asked for, held, or refused a moment ago."""
    control = now["control"]
    if event == "asks for control":
        forbidden = not (now["control permitted"] and now["agreed"])
        if forbidden:
            return {}  # answered: forbidden
        return {"control": "asked"} if control == "free" and may_control(now) else "refused"
    if event == "uses control":
        return {} if control == "held" else "refused"
    answers = {
        "grants control": ("asked", "held"),
        "refuses control": ("asked", "cooling"),
        "control time passes": ("asked", "cooling"),
        "takes back control": ("asked", "free"),
        "control prompt is lost": ("asked", "free"),
        "stops control": ("held", "free"),
        "gives back control": ("held", "free"),
        "control cool-down passes": ("cooling", "free"),
    }
    if event not in answers:
        return "ignored"
    wanted, becomes = answers[event]
    if control != wanted:
        return "refused"
    if event in ("grants control", "refuses control") and not clicked(carries):
        return "refused"
    return {"control": becomes}


def cooling(now: Facts, event: str, carries: Facts) -> Facts | str:  # noqa: ARG001
    """Answer an expert whom the user refused: wait."""
    return {"phase": "idle"} if event == "cool-down passes" else "ignored"
