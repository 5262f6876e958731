"""One policy in every form: drawn policies written as Registry.pol, .reg, LGPO text and report mean the same."""

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from mdm_forms import in_mdm_forms
from reports import firewall_nodes, nodes, report, results

from rasim.errors import UsageError
from rasim.formats import Remarks, lgpo_text, read, reg_text, registry_pol
from rasim.policy import (
    SYSTEMS,
    Firewall,
    Mode,
    Policy,
    State,
    may_control,
    may_offer,
    policy_to_entries,
    reach,
    read_policy,
)

ACCOUNTS = (r"CORP\anna", r"CORP\Helpdesk", r"dns.corp\anna", r"OTHER\bob")
# What XML can carry and a line can hold: no control characters, no halves of pairs.
letters = st.characters(categories=("L", "N", "P", "S"), include_characters=" ", exclude_characters="\ufffe\uffff")
helpers = st.lists(
    st.sampled_from([*ACCOUNTS, r"corp\ANNA", "Everyone", "anna@corp.example", "*"])
    | st.text(letters, min_size=1, max_size=8).filter(lambda text: text == text.strip() and text[0] not in ";*"),
    max_size=4,
)
ports = st.lists(
    st.sampled_from(["135:TCP:*:Enabled:a", "3389:TCP:10.0.0.0/8:Disabled:b", "135:TCP:localsubnet:Enabled:c"]),
    max_size=2,
)
programs = st.lists(
    st.sampled_from([rf"%WINDIR%\{name}.exe:*:Enabled:x" for name in ("SYSTEM32\\Sessmgr", "SYSTEM32\\msra", "a")]),
    max_size=2,
)
switches = st.sampled_from(["not configured", "disabled", "enabled"])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw a policy that the editor could state: modes and helpers stand only where they can be chosen."""
    states, modes = st.sampled_from([State.NOT_CONFIGURED, State.DISABLED, State.ENABLED]), st.sampled_from(Mode)
    offer, solicited = draw(states), draw(states)
    enabled = offer is State.ENABLED
    return Policy.of(
        offer=offer,
        mode=draw(modes | st.none()) if enabled else None,
        helpers=draw(helpers) if enabled else (),
        solicited=solicited,
        solicited_mode=draw(modes) if solicited is State.ENABLED else None,
        logging=draw(states),
        firewall=Firewall.of(
            ports=draw(ports),
            programs=draw(programs),
            remote_desktop=draw(switches),
            protection=draw(switches),
            no_exceptions=draw(switches),
        ),
    )


def written(policy: Policy) -> dict[str, bytes]:
    """Return the policy in every form that is written, and in the reports of the tests."""
    entries = policy_to_entries(policy)
    told = nodes(policy) + firewall_nodes(policy.firewall)
    forms = {
        "Registry.pol": registry_pol.render(entries),
        "GPO report": report(told),
        "gpresult": results(told),
        "LGPO text": lgpo_text.render(entries),
    }
    try:
        forms[".reg"] = reg_text.render(entries, Remarks())
    except UsageError:
        assert any(not helper.text.isprintable() for helper in policy.offer.helpers)
    return forms


def decisions(policy: Policy) -> list[object]:
    """Return everything anybody can ask of a policy: who may offer and control, and what gets through the firewall."""
    asked = [(may_offer(policy, who, os=os), may_control(policy, who, os=os)) for who in ACCOUNTS for os in SYSTEMS]
    doubts = [(doubt.setting, doubt.says, doubt.readings) for doubt in policy.unclear]
    return [*asked, *(reach(policy.firewall, os) for os in SYSTEMS), doubts]


@given(policies())
def test_one_policy_in_every_form(policy: Policy) -> None:
    """Whatever policy the editor states, every form of it gives the same decisions for everybody on every system."""
    expected = decisions(policy)
    for form, data in written(policy).items():
        done = read(data, "x")

        assert form == done.format.name
        assert expected == decisions(read_policy(done.registry)), form


@given(policies())
def test_one_policy_by_device_management(policy: Policy) -> None:
    """Whatever the editor states of these policies, a server that states it gives the same decisions, in each of its forms."""
    policy = evolve(policy, firewall=Firewall())
    assume(policy.offer.state is not State.ENABLED or policy.offer.mode is not None)
    expected = decisions(policy)
    for form, data in in_mdm_forms(policy).items():
        done = read(data, "x")

        assert form.partition(",")[0] == done.format.name
        assert expected == decisions(read_policy(done.registry)), form


@pytest.mark.exhaustive
@given(policies(), policies())
def test_the_order_matters_not_the_form(lower: Policy, higher: Policy) -> None:
    """Two policies merged give one decision, whatever form each was written in (.reg apart: it is no policy's file)."""
    found = []
    for form in ("Registry.pol", "LGPO text", "GPO report"):
        for other in ("Registry.pol", "LGPO text", "GPO report"):
            below = read(written(lower)[form], "a").registry
            found.append(decisions(read_policy(read(written(higher)[other], "b", below).registry)))

    assert found[:1] * 9 == found
