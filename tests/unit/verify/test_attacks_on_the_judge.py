"""What an attack on the judge found, and stays found: real failures that were called kept, and honest traces that were suspected."""

import pytest
from test_promise_traces import ASKED, CAROLS, HELD, TICKET, VIEW, broken

MISSED = (
    ("the next user of a session inherits a yes", "never_connected_unannounced",
     f"{ASKED}, accepted, logged_off, logged_on by=CORP\\eve, connection_opened, frame_shown"),
    ("somebody else logs on, and the expert goes on", "ended_means_ended", f"{HELD}, logged_on by=CORP\\eve, input_applied"),
    ("somebody else logs on and accepts", "nothing_shown_before_acceptance",
     f"{ASKED}, logged_on by=CORP\\eve, accepted by=CORP\\eve, connection_opened, frame_shown"),
    ("a link is lost by its expert alone, and frames go on", "ended_means_ended",
     f"{VIEW}, link_lost offer=- connection=-, frame_shown"),
    ("one ticket opens two questions", "consent_is_used_once",
     f"{TICKET}, offer_received, offer_received offer=o2, prompt_shown, offer_cancelled, prompt_shown offer=o2 prompt=p9"),
    ("chat is asked for, and the user is asked for control", "nobody_is_asked_unasked",
     f"{VIEW}, capability_requested capability=chat, control_prompt_shown, control_granted, input_applied"),
    ("a question that ran out is accepted", "consent_is_used_once", f"{ASKED}, denied origin=timer by=-, accepted"),
    ("a name that begins like the expert's", "the_question_names_the_expert",
     f"{TICKET}, offer_received, prompt_shown names=CORP\\annabel"),
)  # fmt: skip
SUSPECTED = (
    ("other people between a switch and what it ends",
     f"{ASKED}, logged_on session=s2 by=CORP\\erin, switched_away, switched_to session=s2, prompt_hidden, offer_refused reason=no_prompt"),
    ("a link that is lost right after a policy", f"{VIEW}, policy_applied offers=disabled, link_lost, ended, indicator_off"),
    ("a question that is hidden without a word which",
     f"{ASKED}, prompt_hidden offer=- prompt=- session=- request=-, offer_cancelled, {CAROLS}, prompt_shown offer=o2 prompt=p7"),
    ("a time-out without a line of its own", f"{ASKED}, offer_refused reason=timeout"),
)  # fmt: skip


@pytest.mark.parametrize(("does", "promise", "trace"), MISSED, ids=[each[0] for each in MISSED])
def test_a_failure_is_not_missed(does: str, promise: str, trace: str) -> None:
    """The failure breaks the promise that it is about."""
    assert promise in broken(trace), does


@pytest.mark.parametrize(("does", "trace"), SUSPECTED, ids=[each[0] for each in SUSPECTED])
def test_an_honest_trace_is_not_suspected(does: str, trace: str) -> None:
    """The honest trace breaks nothing."""
    assert set() == broken(trace), does
