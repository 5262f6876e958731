"""The thread from the source document to the tests: each of its sentences, and where it is kept.

`SENTENCES` is the data; `source_page` prints it as docs/reference/source.md. Sentences are told in our own words. A sentence
that says what the system does names the rows and needs of the table that carry it (or the part of the policy that does),
the promises that hold it, the scenarios that tell it and the tests that try it. Tests hold that every name exists, that
every *stated* promise belongs to a sentence, and that the page is fresh.
"""

from collections.abc import Iterator

from attrs import frozen

from rasim import policy
from rasim.protocol.rules import RULES
from rasim.protocol.terms import Table


@frozen
class Sentence:
    """A sentence of the document: id, what it says, and by whom it is carried, promised, told and tried.

    `carried` are ids of rows, names of things, and names of conditions; `parts` are objects of the policy package;
    `scenarios` are files below scenarios/ without their ending, `tests` are files below tests/.
    """

    id: str
    says: str
    carried: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


def _home(name: str) -> str:
    """Return the module that offers a part of the policy: the package, or its settings."""
    return "rasim.policy" if name in policy.__all__ else "rasim.policy.settings"


def _w(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SENTENCES: tuple[Sentence, ...] = (
    Sentence(
        "S1",
        "a setting says whether an expert, from support or administration, may offer help to this computer",
        _w("W1 offers ticket question view"),
        _w("read_policy may_offer"),
        _w("no_policy_no_offer"),
        _w(
            "who-may-offer/where-nothing-is-configured-nobody-may-offer who-may-offer/where-offers-are-disabled-nobody-may-offer"
        ),
        _w("unit/policy/test_decisions.py unit/policy/test_offer_policy.py"),
    ),
    Sentence(
        "S2",
        "an offer comes without the user having asked for help by channel, e-mail or messenger",
        _w("T1 O1"),
        _w("may_offer Solicited"),
        _w("never_connected_unannounced"),
        _w(
            "who-may-offer/before-xp-sp2-disabled-invitations-block-offers-too the-first-click/an-expert-may-withdraw-the-offer"
        ),
        _w("unit/policy/test_decisions.py"),
    ),
    Sentence(
        "S3",
        "where Windows Firewall is used, it has to be configured too, and how depends on the operating system",
        _w("W5 W6 firewall"),
        _w("reach SYSTEMS"),
        (),
        (
            "who-may-offer/a-blocked-firewall-lets-no-offer-in",
            "the-firewall/where-it-cannot-be-told-nothing-gets-through",
            "the-firewall/windows-xp-without-service-pack-has-no-managed-firewall",
            "the-firewall/another-firewall-ends-a-running-view",
        ),
        _w("model/test_naive_firewall.py unit/policy/test_reach.py"),
    ),
    Sentence(
        "S4",
        "with the setting, an expert can offer help to this computer",
        _w("T1 O1"),
        _w("may_offer"),
        _w("no_policy_no_offer"),
        _w("who-may-offer/a-policy-file-makes-the-helpers"),
        _w("model/test_naive.py"),
    ),
    Sentence(
        "S5",
        "the expert can neither connect unannounced nor control without the user's permission",
        (*_w("O3 C3 question"), "control asked"),
        (),
        _w("never_connected_unannounced nothing_shown_before_acceptance only_the_sessions_own_user_consents"),
        _w(
            "forged-and-late/an-expert-who-does-as-if-gets-nothing forged-and-late/nobody-answers-for-the-user"
            " forged-and-late/a-ticket-opens-one-question"
        ),
        _w(
            "model/test_counts.py model/test_mutants_1.py property/test_step_attacked.py property/test_runtime_attacked.py"
        ),
    ),
    Sentence(
        "S6",
        "each time the expert tries to connect the user may accept or deny; accepting gives view only",
        _w("O1 O3 O4 question view"),
        (),
        _w("acceptance_gives_view_only nothing_shown_before_acceptance"),
        _w(
            "the-first-click/the-user-accepts-and-the-expert-only-sees the-first-click/the-user-denies-and-is-left-in-peace"
        ),
        _w("model/test_counts.py runtime/test_meeting.py"),
    ),
    Sentence(
        "S7",
        "control takes a further explicit click of the user, and only where remote control is enabled",
        (*_w("C1 C2 C3"), "control asked", "control held", "control permitted"),
        _w("may_control permits_control"),
        _w("control_needs_its_own_click view_only_policy_never_yields_control only_the_sessions_own_user_consents"),
        _w(
            "the-second-click/the-user-lets-the-expert-look-then-control"
            " the-second-click/where-policy-says-view-only-control-is-not-even-asked"
        ),
        _w("model/test_counts.py model/test_naive.py"),
    ),
    Sentence(
        "S8",
        "enabled, help can be offered to users who are logged on",
        (*_w("W7 W8 T1"), "logged on"),
        (),
        _w("nobody_logged_on_nobody_connected"),
        _w("sessions/nobody-logged-on-nobody-connected sessions/a-logoff-ends-everything"),
        _w("model/test_counts.py"),
    ),
    Sentence(
        "S9",
        "there are two modes: helpers may only view, or may control",
        (*_w("W1 C2"), "control permitted", "control forbidden"),
        _w("Mode permits_control"),
        _w("view_only_policy_never_yields_control"),
        _w(
            "the-second-click/where-policy-says-view-only-control-is-not-even-asked"
            " policy-changes/a-tighter-policy-takes-control-and-leaves-the-view"
        ),
        _w("unit/policy/test_decisions.py"),
    ),
    Sentence(
        "S10",
        "the setting holds the list of users and groups who may offer: the helpers",
        _w("W2 W3 W4 helper admission"),
        _w("is_helper Membership"),
        _w("unlisted_expert_never_reaches_the_user"),
        _w(
            "who-may-offer/an-expert-who-is-not-listed-never-reaches-the-user who-may-offer/a-group-in-a-group-makes-a-helper"
        ),
        _w("unit/policy/test_decisions.py"),
    ),
    Sentence(
        "S11", "the list is filled in a window of the editor opened by *Show*", (), _w("OFFER_HELPERS read_policy")
    ),
    Sentence(
        "S12",
        "each user or group is an entry of its own",
        (),
        _w("Helper read_policy"),
        (),
        _w("who-may-offer/a-policy-file-makes-the-helpers"),
        _w("unit/policy/test_offer_policy.py"),
    ),
    Sentence(
        "S13",
        "an entry is a domain, a backslash, and the name of a user or group (the document lost the words; the help text has them)",
        (),
        _w("parse_account flaw_of"),
        (),
        _w("who-may-offer/entries-of-the-wrong-form-match-nobody"),
        _w("unit/policy/test_accounts.py"),
    ),
    Sentence(
        "S14",
        "on all computers port 135/TCP has to be excepted",
        _w("firewall"),
        _w("NAMED PortException reach"),
        (),
        (
            "the-firewall/windows-xp-sp2-needs-four-things",
            "the-firewall/windows-xp-64-bit-needs-the-same-four",
            "the-firewall/windows-server-2003-needs-the-remote-desktop-exception",
            "the-firewall/a-disabled-entry-overrides",
        ),
        _w("model/test_naive_firewall.py unit/policy/test_exceptions.py"),
    ),
    Sentence(
        "S15",
        "on all computers Helpsvc.exe and Helpctr.exe have to be excepted",
        _w("firewall"),
        _w("NAMED ProgramException reach"),
        (),
        (
            "the-firewall/windows-xp-sp2-needs-four-things",
            "the-firewall/windows-xp-64-bit-needs-the-same-four",
            "the-firewall/windows-server-2003-needs-the-remote-desktop-exception",
            "the-firewall/the-documents-own-strings-are-read",
        ),
        _w("model/test_naive_firewall.py unit/policy/test_exceptions.py"),
    ),
    Sentence(
        "S16",
        "Windows Server 2003 SP1 needs *Allow Remote Desktop exception*",
        _w("firewall"),
        _w("SYSTEMS reach"),
        (),
        ("the-firewall/windows-server-2003-needs-the-remote-desktop-exception",),
        _w("model/test_naive_firewall.py"),
    ),
    Sentence(
        "S17",
        "Windows XP SP2 and XP 64-bit SP1 need an exception for Sessmgr.exe",
        _w("firewall"),
        _w("SYSTEMS reach"),
        (),
        (
            "the-firewall/windows-xp-sp2-needs-four-things",
            "the-firewall/windows-xp-64-bit-needs-the-same-four",
            "the-firewall/the-documents-own-strings-are-read",
        ),
        _w("model/test_naive_firewall.py"),
    ),
    Sentence(
        "S18",
        "*Allow Remote Desktop exception* serves wherever it is supported, and leaves port 3389 open all the time",
        (*_w("W1"), "open port"),
        _w("reach"),
        _w("port_3389_is_open_only_as_stated"),
        (
            "the-firewall/the-remote-desktop-exception-keeps-port-3389-open",
            "the-firewall/windows-server-2003-needs-the-remote-desktop-exception",
        ),
        _w("model/test_naive_firewall.py model/test_counts.py"),
    ),
    Sentence(
        "S19",
        "with Sessmgr.exe port 3389 opens and closes with use on XP SP2 (misprinted in the document) and XP 64-bit SP1",
        (*_w("O3 E1"), "open port"),
        _w("reach"),
        _w("port_3389_is_open_only_as_stated"),
        (
            "the-firewall/sessmgr-opens-port-3389-only-while-it-is-used",
            "the-firewall/two-sessions-share-the-port",
            "the-firewall/disabled-remote-desktop-does-not-stop-sessmgr",
            "the-firewall/a-policy-file-opens-the-way",
        ),
        _w("model/test_naive_firewall.py model/test_counts.py"),
    ),
    Sentence(
        "S20",
        "on Windows Server 2003 SP1 Sessmgr.exe does not serve; the Remote Desktop exception is needed there",
        _w("firewall"),
        _w("SYSTEMS reach"),
        (),
        ("the-firewall/windows-server-2003-needs-the-remote-desktop-exception",),
        _w("model/test_naive_firewall.py"),
    ),
    Sentence(
        "S21",
        "disabled or not configured, nobody can offer help that was not asked for",
        _w("offers T1 W1"),
        _w("may_offer State"),
        _w("no_policy_no_offer"),
        _w(
            "who-may-offer/where-nothing-is-configured-nobody-may-offer who-may-offer/where-offers-are-disabled-nobody-may-offer"
            " policy-changes/turning-offers-off-ends-everything-at-once"
        ),
        _w("model/test_naive.py unit/policy/test_decisions.py"),
    ),
    Sentence("S22", "the last lines are the names of languages: furniture of the page, and no rule"),
)


def source_page() -> str:
    """Return the page of the thread as Markdown."""
    return "\n".join((*_thread(RULES), ""))


def _thread(rules: Table) -> Iterator[str]:
    yield "# The source document, sentence by sentence"
    yield ""
    yield "The document that rasim was made from is the help text of *Offer Remote Assistance* and its notes on the firewall."
    yield "Each of its sentences is told here in our own words, with the thread one can pull: what carries it in [the table](rules.md)"
    yield "or in the policy package, [the promises](promises.md) that hold it, scenarios that tell it, tests that try it. Scenarios"
    yield "stand below `scenarios/`, tests below `tests/`; play one with `rasim run scenarios/NAME.yaml`."
    says = {row.id: f"row {row.id}" for row in rules.rows}
    says |= {thing.name: f"thing *{thing.name}*" for thing in rules.things}
    for each in SENTENCES:
        yield ""
        yield f"## {each.id}"
        yield ""
        yield f"{each.says[0].upper()}{each.says[1:]}."
        yield ""
        carried = [says.get(name, f"need *{name}*") for name in each.carried]
        for title, names in (
            ("carried by", carried),
            ("decided in", [f"`{_home(name)}.{name}`" for name in each.parts]),
            ("promised by", [f"`{name}`" for name in each.promises]),
            ("told by", [f"`{name}`" for name in each.scenarios]),
            ("tried by", [f"`{name}`" for name in each.tests]),
        ):
            if names:
                yield f"- {title}: {', '.join(names)}"
        if not each.carried and not each.parts:
            yield "- nothing carries it: it says nothing of what the system does"
