"""The claims are the safety promises in the words of the table: nothing breaks them, and mistakes in the table do."""

import pytest
from mistaken import changed, unneeded

from rasim.engines.provers.claims import APART, NO_CLAIM, Observer, claims, links, seen
from rasim.protocol.computer import Happening
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.terms import Table
from rasim.protocol.vocabulary import further
from rasim.verify.promises.catalogue import ALWAYS
from rasim.verify.promises.kinds import Always, EveryStep
from rasim.verify.states.model import Model, pair_model, sized_model
from rasim.verify.states.surroundings import Surroundings


def broken(model: Model) -> tuple[int, set[str]]:
    """Explore one assistance with its observer; return how many pairs of state and knowledge there are, and what is broken."""
    surroundings = Surroundings(model)
    names = [fact.name for fact in surroundings.rules.facts]
    capabilities = (CONTROL, further("chat")) if "chat" in names else (CONTROL,)
    observer, found = Observer(capabilities, names), set()
    first = (surroundings.first, frozenset[str]())
    known, waiting = {first}, [first]
    while waiting:
        state, sees = waiting.pop()
        situation = surroundings.computer.situation(state, (0, 0))
        for step in surroundings.steps:
            outcome = surroundings.rules.step(situation, step.events[0][1])
            after, wrong = observer.look(sees, outcome)
            found |= {claim.promise for claim in wrong}
            node = (surroundings.computer.put(state, (Happening(0, 0, outcome),)), after)
            if node not in known:
                known.add(node)
                waiting.append(node)
    return len(known), found


def test_nothing_breaks_a_claim() -> None:
    """In the pair model no claim is ever broken, and what is seen is a function of the state: 841 pairs of both."""
    assert (841, set()) == broken(pair_model())


@pytest.mark.parametrize(
    ("mistaken", "promise"),
    [
        (changed("O3", drop="local"), "only_the_sessions_own_user_consents"),
        (changed("O3", drop="on show"), "nothing_shown_before_acceptance"),
        (changed("C3", drop="control asked"), "control_needs_its_own_click"),
        (changed("C3", drop="local"), "control_needs_its_own_click"),
        (changed("O1", drop="ticket"), "consent_is_used_once"),
        (changed("V1", drop="not paused"), "a_pause_hides_everything"),
        (changed("C8", drop="control"), "acceptance_gives_view_only"),
        (unneeded("view", "offers"), "a_tighter_policy_bites_at_once"),
        (unneeded("view", "firewall"), "a_closed_firewall_ends_what_it_carried"),
        (unneeded("control held", "unlocked"), "control_is_taken_back_at_once"),
        (unneeded("control held", "control permitted"), "a_tighter_policy_bites_at_once"),
        (unneeded("ticket", "logged on"), "nobody_logged_on_nobody_connected"),
        (unneeded("question", "unlocked"), "a_session_out_of_sight_answers_nothing"),
    ],
)
def test_a_mistake_in_the_table_breaks_the_claim(mistaken: Table, promise: str) -> None:
    """Each of thirteen mistakes in the table breaks the claim of the promise that is about it."""
    assert promise in broken(sized_model(1, 1, mistaken))[1]


def test_every_promise_has_a_claim_or_a_reason() -> None:
    """Each promise about lines or steps has a claim, or stands among those that have none with the reason; none does both."""
    claimed = {claim.promise for claim in claims()} | {APART[0]}
    asked = {promise.name for promise in ALWAYS if isinstance(promise, Always | EveryStep)}

    assert asked == claimed | set(NO_CLAIM)
    assert not claimed & set(NO_CLAIM)


def test_everything_seen_has_a_link() -> None:
    """What is seen has a name that no fact has, and a fact that it goes with."""
    capabilities = (CONTROL, further("chat"))
    names = {each.name for each in seen(capabilities)}

    assert names == set(links(capabilities))
    assert not names & {fact.name for fact in table(capabilities=capabilities).facts}
