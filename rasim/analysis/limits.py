"""What each command does not say, in one place: every report prints these sentences, and `rasim show limits` all of them.

A limit is what nobody may conclude from an answer. It is printed however good the answer is.
"""

from collections.abc import Mapping
from typing import Final

from rasim.analysis.guidance import OUTSIDE

OF_CHECK: Final = (
    "rasim's table is proved, not Windows: docs/explanation/what-is-proved.md says what differs and what is not modelled",
    "time is an event here: a verdict holds for every order of events, and says nothing of how long they take",
    "ids are never reused in a run; in the model one name stands for each live ticket, offer, prompt and connection",
)
OF_CHECK_OF_FILES: Final = (
    OUTSIDE,
    "what the firewall lets through is not explored for one policy, the way of offers is left open: `rasim audit` answers that",
)
OF_AUDIT: Final = (
    (
        "the firewall is that of the domain profile as these files state it: the computer's own exceptions and rules that are"
        " in no file given, other firewalls and routers are not seen here"
    ),
    OUTSIDE,
    "a policy file is one of several: another of higher precedence can change every value above",
    "who is a member of a listed group is not looked up",
)
WHERE_MEMBERS_ARE_TOLD: Final = "who is in which group is what was told, never looked up"
_SCRIPTS: Final = ("batch file",)
_OF_SCRIPTS: Final = (
    "a script only says what it would do: whether, when, how often and as whom it is run, to its end and without a failure, is not"
    " seen here, nor whether a name alone (reg) means Windows' own program; group policy can set the same values anew after it"
)
OF_FORMATS: Final = {  # by format
    "Registry.pol": "a Registry.pol does not say which half it is: it is read as the computer's, not a user's",
    "GPO report": "a report tells settings in words; what the editor does not show it does not tell",
    "gpresult": "gpresult tells what was last applied to one computer, not what will be",
    "Intune profile": "to which devices a profile is assigned, by groups and filters, is not seen here; nor is what other profiles set",
    "PolicyRules": "a PolicyRules file tells no order among the group policies in it",
    "GPO folder": "whom a group policy is filtered to (security, WMI), and in SYSVOL whether a half of it is switched off,"
    " stands in the directory and is not seen here",
    **dict.fromkeys(_SCRIPTS, _OF_SCRIPTS),
}
OF_EXPLAIN: Final = (
    OUTSIDE,
    "who belongs to a group is taken from what was told, never looked up",
    "the firewall is that of the domain profile; the computer's own exceptions and rules that are in no file are not seen here",
)
_ENTRIES: Final = (
    "an entry whose members were not told stands for itself and for whoever is in it and in no other entry"
)
_OTHERS: Final = (
    "what is compared is offers, the firewall's ports and the other roads to the screen: invitations, logging and anything else"
    " in the files are not"
)
OF_DIFF: Final = (*OF_EXPLAIN, _ENTRIES, _OTHERS)
OF_JUDGE: Final = (
    "promises speak of what was recorded: a recorder that leaves lines out, or makes them up, is believed",
    "what was not recorded is not asked; `not_asked` says what, and a kept trace is kept as far as it was asked",
    "a trace without a recorder line is presumed to have its prompts, answers, frames, input, sessions and policy recorded",
)
OF_JUDGE_BY_THE_TABLE: Final = (
    "explained by the table: some reading of the lines is a behaviour of the table; what was not recorded may have been anything",
)
OF_RUN: Final = (
    "a scenario that passes is one course of events that went as it says; what can never happen, `rasim check` tells",
    "every trace was judged by the promises as well, as far as they can be asked of a trace; the table explains each of its lines",
    "what happens at one moment was played in the order of the seed; `--seeds` plays more orders",
    "it is rasim's table that was played, not Windows: docs/explanation/what-differs-from-windows.md says what differs",
)
OF_CONFORM: Final = (
    "a product is judged by what it recorded: a recorder that leaves lines out, or makes them up, is believed",
    "each act was tried in each situation by one way there, and walks were drawn: another way may break what these kept",
    "situations are those that the table would be in; what the product thinks is not asked",
    "an act for which the adapter has no method was never tried",
)
_LEARNED: Final = (
    "tried by the Wp-method, of the machine{more} and of the table's, and by {walks}: more states may hide behind it",
    "lines that count: {counted}; of each only the event and words of the vocabulary: names and times are not compared",
    "time passes by the acts that say so: what else a real wait lets pass counts as a difference",
    "what has no method, or was not named, was never done",
)
NO_PROMISE: Final = "A difference from the table is no broken promise: the table is one of the products that keep them; `rasim conform` judges."


def of_learn(walks: str, counted: str, more: str = "") -> tuple[str, ...]:
    """Return what a learned machine does not say, of so many walks and with these lines compared."""
    return (*(each.format(more=more, walks=walks, counted=counted) for each in _LEARNED), NO_PROMISE)


LIMITS: Final[Mapping[str, tuple[str, ...]]] = {
    "audit": (*OF_AUDIT, *dict.fromkeys(OF_FORMATS.values())),
    "explain": OF_EXPLAIN,
    "diff": OF_DIFF,
    "check": (*OF_CHECK, *OF_CHECK_OF_FILES),
    "run": OF_RUN,
    "judge": (*OF_JUDGE, *OF_JUDGE_BY_THE_TABLE),
    "conform": OF_CONFORM,
    "learn": of_learn("random walks", "all that the product records"),
}
"""Of each command all that it may have to say; an answer prints those that are about it."""
ONLY_WHERE: Final[Mapping[str, Mapping[str, str]]] = {
    "audit": {
        says: "a script is read" if form in _SCRIPTS else f"{'an' if form[0] in 'AEIOU' else 'a'} {form} is read"
        for form, says in OF_FORMATS.items()
    },
    "check": dict.fromkeys(OF_CHECK_OF_FILES, "one policy is checked"),
    "judge": dict.fromkeys(OF_JUDGE_BY_THE_TABLE, "the table is asked whether it explains a trace"),
}
"""Where a sentence of a command is said only there: an answer that is about something else has one fewer."""
