"""Files and folders merged as one computer gets them: who wins, what is missing, what does not apply."""

import pytest
from evidence import REGISTRY_XML, TEMPLATE, registry_xml, template, value
from reports import nodes, report

from rasim.directory.links import read_links
from rasim.directory.merging import Given, Merged, merge_at, merge_by_links, merge_in_order, passes_over, read_alone
from rasim.errors import PolicyFileError, UsageError, Where
from rasim.formats import registry_pol
from rasim.policy import Firewall, Membership, Policy, State, may_control, may_offer, policy_to_entries

ON = Policy.of(offer="enabled", mode="control", helpers=[r"CORP\Tier1", r"CORP\Tier2"])
OTHER = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\Helpdesk"])
OFF = Policy.of(offer="disabled")


def pol(policy: Policy) -> bytes:
    return registry_pol.render(policy_to_entries(policy))


def file(name: str, policy: Policy) -> Given:
    return Given(name, pol(policy))


def folder(name: str, policy: Policy, links: str = "", enabled: str = "true") -> Given:
    """Return a backup with its report."""
    parts = {
        "DomainSysvol/GPO/Machine/registry.pol": (f"{name}/r.pol", pol(policy)),
        "gpreport.xml": (f"{name}/gpreport.xml", report(nodes(policy), name=name, links=links, enabled=enabled)),
    }
    return Given(f"b/{name}", parts)


def link(place: str, enforced: str = "false") -> str:
    return f"<LinksTo><SOMPath>{place}</SOMPath><Enabled>true</Enabled><NoOverride>{enforced}</NoOverride></LinksTo>"


def linked(text: str, *given: Given) -> Merged:
    return merge_by_links(given, read_links(f"links: 1\ncontainers:\n{text}".encode(), "l.yaml"))


def helpers(merged: Merged) -> list[str]:
    return [str(each) for each in merged.policy.offer.helpers]


def test_the_list_of_the_last_replaces() -> None:
    """The helper list of the policy that wins replaces all lower lists: a union would be wrong (R29)."""
    assert [r"CORP\Helpdesk"] == helpers(merge_in_order([file("a", ON), file("b", OTHER)]))
    assert [r"CORP\Tier1", r"CORP\Tier2"] == helpers(merge_in_order([file("b", OTHER), file("a", ON)]))


def test_exceptions_of_the_firewall_add() -> None:
    """Lists of firewall exceptions add up over policies (R29)."""
    both = [Policy.of(firewall=Firewall.of(ports=[f"{port}:TCP:*:Enabled:x"])) for port in (135, 445)]
    merged = merge_in_order([file("a", both[0]), file("b", both[1])])

    assert [135, 445] == [port.port for port in merged.policy.firewall.ports]


def test_who_won_and_over_what() -> None:
    """Of each setting it is said which source decided it and what that overrode; of the list too."""
    merged = merge_in_order([folder("low", ON), folder("high", OTHER)])
    won = {each.setting: each for each in merged.won}

    assert ("high", "REG_DWORD 0") == (
        won["fAllowUnsolicitedFullControl"].by.gpo,
        won["fAllowUnsolicitedFullControl"].by.says,
    )
    assert [("low", "REG_DWORD 1")] == [(each.gpo, each.says) for each in won["fAllowUnsolicitedFullControl"].overrode]
    assert ("emptied", "high") == (won["RAUnsolicit"].by.says, won["RAUnsolicit"].by.gpo)
    assert [r'REG_SZ "CORP\Tier1"', r'REG_SZ "CORP\Tier2"'] == [each.says for each in won["RAUnsolicit"].overrode]
    assert () == won[r"RAUnsolicit, CORP\Helpdesk"].overrode


def test_a_deletion_can_win() -> None:
    """A policy that deletes a value of a lower one wins too (R28)."""
    won = {each.setting: each for each in merge_in_order([file("a", ON), file("b", OFF)]).won}

    assert "deleted" == won["fAllowUnsolicitedFullControl"].by.says
    assert ["REG_DWORD 1"] == [each.says for each in won["fAllowUnsolicitedFullControl"].overrode]


def test_links_decide_the_order() -> None:
    """With links the order on the command line does not matter; link 1 wins within a container."""
    given = (folder("A", ON), folder("B", OTHER), file("local.pol", OFF))
    text = "- {local: x, gpos: [local.pol]}\n- {ou: y, gpos: [A, B]}\n"
    for order in (given, given[::-1]):
        merged = linked(text, *order)

        assert ["local.pol", "B", "A"] == [step.name for step in merged.steps]
        assert [r"CORP\Tier1", r"CORP\Tier2"] == helpers(merged)


def test_what_is_linked_and_not_given_is_missing() -> None:
    """A linked policy that was not given makes the result unclear, with the place of its link."""
    merged = linked("- {ou: y, gpos: [A, Secret]}\n", folder("A", ON))

    assert [("Secret", "missing")] == [(doubt.setting, doubt.topic) for doubt in merged.policy.unclear]
    assert "l.yaml:3:21" == str(merged.policy.unclear[0].where)


def test_a_missing_policy_makes_every_answer_unclear() -> None:
    """With a linked policy missing neither who may offer or control nor who may not is certain."""
    policy = linked("- {ou: y, gpos: [A, Secret]}\n", folder("A", ON)).policy
    members = Membership.of({r"CORP\Tier1": [r"CORP\anna"]})
    answers = [ask(policy, who, members) for ask in (may_offer, may_control) for who in (r"CORP\anna", r"CORP\bob")]

    assert [True, False, True, False] == [decision.allowed for decision in answers]
    assert all("missing" in {doubt.topic for doubt in decision.unclear} for decision in answers)


def test_what_is_given_and_not_linked_does_not_apply() -> None:
    """A policy that is linked nowhere is not applied, and it is said."""
    merged = linked("- {ou: y, gpos: [A]}\n", folder("A", OFF), folder("B", ON))

    assert State.DISABLED is merged.policy.offer.state
    assert [("A", ""), ("B", "it is linked nowhere here")] == [(step.name, step.why_not) for step in merged.steps]


def test_what_is_blocked_does_not_apply() -> None:
    """A policy above a container that blocks inheritance is not applied, and it is said."""
    text = "- {domain: x, gpos: [A]}\n- {ou: y, blocks inheritance: yes, gpos: [B]}\n"
    merged = linked(text, folder("A", ON), folder("B", OFF))

    assert State.DISABLED is merged.policy.offer.state
    assert [("B", ""), ("A", "y blocks inheritance")] == [(step.name, step.why_not) for step in merged.steps]


def test_a_name_of_two() -> None:
    """A link whose name two of the sources have is an error: either could be meant."""
    with pytest.raises(UsageError, match="write the GUID or the path"):
        linked("- {ou: y, gpos: [A]}\n", folder("A", ON), Given("c/A", folder("A", OFF).data))


def test_a_file_that_cannot_be_read_is_missing() -> None:
    """A source that cannot be read is missing from the result, whether it is linked or not."""
    bad = Given("bad.pol", b"PReg")
    error = Given("gone.pol", PolicyFileError("there is no such file", Where("gone.pol")))

    assert ["bad.pol", "gone.pol"] == [doubt.setting for doubt in merge_in_order([bad, file("a", ON), error]).missing]
    assert ["bad.pol"] == [doubt.setting for doubt in linked("- {ou: y, gpos: [bad.pol]}\n", bad).missing]


def test_the_links_of_backups() -> None:
    """The reports of backups tell where policies are linked: the inner container wins, the enforced one over all."""
    outer = folder("Outer", ON, link("corp.example"))
    inner = folder("Inner", OFF, link("corp.example/Clients"))
    forced = folder("Outer", ON, link("corp.example", "true"))

    assert State.DISABLED is merge_at([outer, inner], "corp.example/Clients").policy.offer.state
    assert State.ENABLED is merge_at([forced, inner], "corp.example/Clients").policy.offer.state
    assert State.ENABLED is merge_at([outer, inner], "corp.example").policy.offer.state


def test_an_order_that_backups_do_not_tell() -> None:
    """Two policies of one container whose order no report tells make the result unclear where they differ."""
    differ = merge_at([folder("A", ON, link("x")), folder("B", OFF, link("x"))], "x")
    agree = merge_at([folder("A", OFF, link("x")), folder("B", OFF, link("x"))], "x")
    silent = merge_at([folder("A", OFF, link("x")), folder("B", Policy(), link("x"))], "x")

    assert ["domain x"] == [doubt.setting for doubt in differ.policy.unclear]
    assert ((), ()) == (agree.policy.unclear, silent.policy.unclear)


def test_a_place_where_nothing_is_linked() -> None:
    """A place at which nothing is linked is unclear: it may be written wrong, and *not configured* would comfort."""
    merged = merge_at([folder("A", ON, link("corp.example"))], "crop.example/Clients")

    assert (State.NOT_CONFIGURED, ["crop.example/Clients"]) == (
        merged.policy.offer.state,
        [doubt.setting for doubt in merged.policy.unclear],
    )


def test_three_policies_without_an_order() -> None:
    """Of three such policies not every order is tried: that they are three is unclear enough."""
    three = [folder(name, OFF, link("x")) for name in "ABC"]

    assert ["domain x"] == [doubt.setting for doubt in merge_at(three, "x").policy.unclear]


def test_a_half_that_is_off_in_a_merge() -> None:
    """A policy whose computer half is switched off applies nothing in a merge either."""
    merged = merge_in_order([folder("A", OFF), folder("B", ON, enabled="false")])

    assert State.DISABLED is merged.policy.offer.state


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        (Given("d/README.md", b"# hello", True), True),
        (Given("d/README.md", b"# hello"), False),
        (Given("d/Registry.pol", b"version https://git-lfs", True), False),
        (Given("d/x.txt", b"PReg\1\0\0\0", True), False),
        (Given("d/x.txt", PolicyFileError("cannot be opened"), True), False),
    ],
)
def test_what_is_passed_over(given: Given, passed: bool) -> None:
    """Only what was met in a folder, is no policy file and does not claim to be one by its name is passed over."""
    assert passed == (passes_over(given) is not None)


def test_a_source_alone() -> None:
    """A folder read alone knows whose policy it is; one with a bad file is an error with the file's name."""
    good = read_alone(folder("A", ON))
    bad = read_alone(Given("b", {"Machine/Registry.pol": ("b/Machine/Registry.pol", b"PReg")}))

    assert ("A", "GPO folder", None) == (good.gpo.name if good.gpo else "", good.format, good.error)
    assert "b/Machine/Registry.pol: offset 4" in str(bad.error)


@pytest.mark.parametrize("turned", [False, True])
def test_a_preference_stays_over_the_policy_of_another(turned: bool) -> None:
    """A preference is applied after the policies of all, so that it counts whichever group policy is applied last."""
    off = registry_pol.render(policy_to_entries(Policy.of(offer="disabled")))
    both = (
        Given("one", {REGISTRY_XML: ("one/Registry.xml", registry_xml(value()))}),
        Given("other", {"Machine/Registry.pol": ("other/Registry.pol", off)}),
    )
    merged = merge_in_order(reversed(both) if turned else both)

    assert State.ENABLED is merged.policy.offer.state
    assert ["one, preference", "other"] == [
        source for each in merged.won[:1] for source in (each.by.source, each.overrode[0].source)
    ]


def test_of_restricted_groups_the_last_one_counts() -> None:
    """The members that the last group policy names are the members; what only adds stays."""
    lines = (
        (r"*S-1-5-32-544__Members = CORP\a",),
        (r"*S-1-5-32-544__Members = CORP\b", r"CORP\c__Memberof = *S-1-5-32-544"),
    )
    given = [
        Given(name, {TEMPLATE: (f"{name}/GptTmpl.inf", template("[Group Membership]", *said))})
        for name, said in zip("xy", lines, strict=True)
    ]

    assert [r"CORP\b", r"CORP\c"] == [helper.text for helper in merge_in_order(given).policy.offer.helpers]
