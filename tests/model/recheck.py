"""Checks a certificate again: `python tests/model/recheck.py FILE`. It knows the table and `step`, and nothing of how the set was found.

Exit code 0: the set is closed under every event and nothing it promises is broken; 1: it is not, and how; 2: this is no certificate.
"""

import json
import sys
from hashlib import blake2b
from itertools import product
from pathlib import Path

from rasim.protocol.rules import RULES
from rasim.protocol.step import Event, Outcome, Situation, rules_of

WORLD = (
    "offers",
    "control permitted",
    "reachable",
    "port 3389",
    "logged on",
    "locked",
    "away",
    "secure desktop",
    "listed",
    "admitted",
)
REACHES = {"ticket_issued", "sessions_disclosed", "prompt_shown", "connection_opened", "frame_shown"}


def promises(outcome: Outcome) -> dict[str, bool]:
    """Say of one step, in words of this file alone, whether each promise is kept."""
    was, now, event = outcome.before, outcome.after, outcome.event
    carried = dict(event.carries)
    does = {effect.name for effect in outcome.effects}
    hand = carried.get("origin") == "local" and carried.get("prompt") == "on show"
    sight = not (was["locked"] or was["away"] or was["secure desktop"])
    asked, viewed, held = was["phase"] == "offered", was["phase"] == "viewing", was["control"] == "held"
    goes_on = now["phase"] in ("ticketed", "offered", "viewing")
    control = does & {"control_prompt_shown", "control_granted", "input_applied"}
    answers = does & {"accepted", "denied", "control_granted"} or (
        "control_refused" in does and event.kind == "refuses control"
    )
    picture = does & {"frame_shown", "input_applied"}
    opens, asks, used = "connection_opened" in does, "prompt_shown" in does, "input_applied" in does
    return {
        "never_connected_unannounced": not opens or (event.kind == "accepts" and asked),
        "nothing_shown_before_acceptance": (not opens or hand) and ("frame_shown" not in does or viewed),
        "acceptance_gives_view_only": (not used or held) and (not opens or now["control"] == "free"),
        "control_needs_its_own_click": "control_granted" not in does
        or (event.kind == "grants control" and hand and viewed and was["control"] == "asked"),
        "nobody_is_asked_unasked": (not asks or event.kind == "offers help")
        and ("control_prompt_shown" not in does or event.kind == "asks for control"),
        "view_only_policy_never_yields_control": not control or bool(was["control permitted"]),
        "unlisted_expert_never_reaches_the_user": not does & REACHES or bool(was["listed"]),
        "no_policy_no_offer": not does & REACHES or was["offers"] == "enabled",
        "nobody_logged_on_nobody_connected": not does & REACHES or bool(was["logged on"]),
        "a_closed_firewall_ends_what_it_carried": (not does & REACHES or bool(was["reachable"]))
        and (not goes_on or bool(now["reachable"])),
        "silence_refuses": not does & {"accepted", "control_granted"} or carried.get("origin") != "timer",
        "only_the_sessions_own_user_consents": not answers or carried.get("origin") == "local",
        "consent_is_used_once": (not asks or (was["phase"] == "ticketed" and carried.get("ticket") == "own"))
        and (not does & {"accepted", "denied"} or (asked and hand)),
        "a_ticket_is_issued_only_when_asked_for": "ticket_issued" not in does or event.kind == "asks for a ticket",
        "ended_means_ended": not (control or picture) or viewed,
        "control_is_taken_back_at_once": now["control"] not in ("asked", "held")
        or (now["phase"] == "viewing" and not any(now[f] for f in ("locked", "away", "secure desktop", "paused"))),
        "a_tighter_policy_bites_at_once": not goes_on
        or bool(now["offers"] == "enabled" and now["listed"] and (now["control"] != "held" or now["control permitted"])),
        "a_logoff_ends_everything": not goes_on or bool(now["logged on"]),
        "a_looser_policy_gives_nothing_to_the_running": not control or bool(was["agreed"]),
        "a_refusal_rests": (not asks or was["phase"] != "cooling") and ("control_prompt_shown" not in does or was["control"] == "free"),
        "a_session_out_of_sight_answers_nothing": not (asks or control or picture or answers) or sight,
        "a_pause_hides_everything": (not (picture or "control_granted" in does) or not was["paused"])
        and (not does & {"paused", "resumed"} or carried.get("origin") == "local"),
        "a_view_is_never_without_its_indicator": not picture or viewed,
        "a_request_has_one_answer": "forbidden" not in {dict(effect.fields).get("reply") for effect in outcome.effects}
        or not (was["control permitted"] and was["agreed"]),
        "nothing_outlives_its_view": now["phase"] == "viewing" or (now["control"] == "free" and not now["agreed"] and not now["paused"]),
        "words_of_the_expert_change_no_need": outcome.kind.scope != "assistance" or all(was[fact] == now[fact] for fact in WORLD),
    }  # fmt: skip


def read(text: str) -> set[tuple[object, ...]]:
    """Return the situations of a certificate. ValueError if it is none, or one of another table."""
    said = json.loads(text)
    if not isinstance(said, dict) or said.get("rasim certificate") != 1:
        raise ValueError("this is no certificate")
    if said.get("table") != blake2b(repr(RULES).encode(), digest_size=16).hexdigest():
        raise ValueError("it is of another table")
    facts = rules_of(RULES).facts
    if said.get("facts") != [[fact.name, list(fact.values)] for fact in facts] or not isinstance(
        said.get("situations"), list
    ):
        raise ValueError("its facts or situations are missing")
    known, number = set(), 0
    for step in said["situations"]:
        number, rest, values = number + step, number + step, list[object]()
        for fact in reversed(facts):
            rest, digit = divmod(rest, len(fact.values))
            values.append(fact.values[digit])
        known.add(tuple(reversed(values)))
    if (
        len(known) != said.get("count")
        or set(said.get("promises", ()))
        - promises(rules_of(RULES).step(rules_of(RULES).start(), Event("logs on"))).keys()
    ):
        raise ValueError("its count is wrong, or it promises what nobody knows")
    return known


def wrong(known: set[tuple[object, ...]]) -> str:
    """Return what is wrong with a set of situations, empty if nothing is."""
    rules = rules_of(RULES)
    if rules.start().values not in known:
        return "the start is not in it"
    for values in known:
        situation = Situation(values, rules.places)  # type: ignore[arg-type]
        for kind in RULES.kinds:
            for carried in product(*(fact.values for fact in kind.carries)):
                names = (fact.name for fact in kind.carries)
                outcome = rules.step(situation, Event(kind.name, tuple(sorted(zip(names, carried, strict=True)))))
                broken = [name for name, kept in promises(outcome).items() if not kept]
                if any(outcome.after.so(busy=busy).values not in known for busy in (False, True)):
                    broken = ["an event leads out of it"]
                if broken:
                    return f"{broken[0]}: {kind.name} {carried} while {situation.as_dict()}"
    return ""


def main(path: str) -> int:
    """Check a file, say what came of it, and return the exit code."""
    try:
        found = read(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError, TypeError) as error:
        sys.stdout.write(f"no certificate: {error}\n")
        return 2
    problem = wrong(found)
    sys.stdout.write(f"{problem or f'ok: {len(found)} situations, closed under every event, every promise kept'}\n")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
