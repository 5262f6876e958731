import pytest
from attrs import evolve

from rasim.errors import UsageError, Where
from rasim.policy import (
    SYSTEMS,
    Blocks,
    Decision,
    Kind,
    Membership,
    Policy,
    Registry,
    RegistryEntry,
    Unclear,
    is_helper,
    may_control,
    may_offer,
    parse_account,
    policy_to_entries,
    read_policy,
)
from rasim.policy.settings import HELPERS_KEY, LOCAL_KEY

ANNA = r"CORP\anna"
NESTED = Membership.of({r"CORP\Helpdesk": [r"CORP\Tier1"], r"corp\tier1": [r"CORP\ANNA", r"CORP\Helpdesk"]})


def policy(*helpers: str, mode: str = "view", **words: str) -> Policy:
    return Policy.of(**{"offer": "enabled", "mode": mode, "helpers": helpers, **words})  # type: ignore[arg-type]


def rules(decision: Decision) -> list[str]:
    return [reason.rule for reason in decision.because]


def test_a_listed_user_may_offer() -> None:
    """A user on the list may offer, because offers are enabled and the list names them (R1, R4)."""
    decision = may_offer(policy(r"corp\Anna"), ANNA)

    assert (True, ["R1", "R4"], ()) == (decision.allowed, rules(decision), decision.unclear)


@pytest.mark.parametrize("state", ["not configured", "disabled", "unknown"])
def test_without_enabled_offers_nobody_may_offer(state: str) -> None:
    """Disabled, not configured and unknown forbid offers alike, whoever is listed (R1, A16)."""
    decision = may_offer(policy(ANNA, offer=state), ANNA)

    assert (False, ["R1"]) == (decision.allowed, rules(decision))


def test_leftovers_of_a_disabled_policy_are_not_asked() -> None:
    """While offers are disabled, who stands on the list is no reason for anything (R1)."""
    assert ["R1"] == rules(may_offer(policy(r"CORP\bob", offer="disabled"), ANNA))


def test_unknown_is_forbidden_and_unclear() -> None:
    """A state that cannot be read is forbidden, and the refusal says that it could be otherwise."""
    assert 1 == len(may_offer(policy(ANNA, offer="unknown"), ANNA).unclear)


def test_disabled_is_certain() -> None:
    """A refusal by a disabled policy is certain."""
    assert () == may_offer(policy(ANNA, offer="disabled"), ANNA).unclear


def test_an_empty_list_admits_nobody() -> None:
    """Enabled with an empty list, nobody may offer (R5)."""
    decision = may_offer(policy(), ANNA)

    assert (False, ["R5"]) == (decision.allowed, rules(decision))


def test_a_stranger_may_not_offer() -> None:
    """An account that is not listed, and in nothing that is, may not offer (R4)."""
    nobody_else = Membership.told([], accounts=[parse_account(r"CORP\bob")])
    decision = may_offer(policy(r"CORP\bob"), ANNA, nobody_else)

    assert (False, ["R4"], ()) == (decision.allowed, rules(decision), decision.unclear)


def test_groups_within_groups() -> None:
    """A member of a group in a listed group may offer, and the reason shows the chain (R4, A11)."""
    decision = may_offer(policy(r"CORP\Helpdesk"), ANNA, NESTED)

    assert r"CORP\anna is a helper as a member of CORP\Tier1, in CORP\Helpdesk" == decision.because[-1].says


def test_groups_in_circles() -> None:
    """Groups that contain each other end the search, not the program."""
    assert not may_offer(policy(r"CORP\Helpdesk"), r"CORP\zoe", NESTED).allowed


def test_the_shortest_chain_is_shown() -> None:
    """Of several ways into a group the shortest is the reason."""
    groups = Membership.of({r"A\g": [r"A\x", r"A\y"], r"A\x": [r"A\y"], r"A\y": [r"A\z"]})

    chain = groups.path(parse_account(r"A\z"), parse_account(r"A\g"))

    assert [r"A\z", r"A\y", r"A\g"] == [str(each) for each in chain or ()]
    assert groups.path(parse_account(r"A\g"), parse_account(r"A\z")) is None


def test_whoever_was_told_of_is_known() -> None:
    """A group, a member, and a group whose members were not told are known of; an account that nobody mentioned is not."""
    anna, helpdesk, zoe, tier2 = (parse_account(rf"CORP\{name}") for name in ("anna", "Helpdesk", "zoe", "Tier2"))
    membership = Membership.told([(helpdesk, [anna])], untold=[tier2])

    assert [True, True, True, False] == [membership.mentions(each) for each in (anna, helpdesk, tier2, zoe)]


def test_a_member_can_be_put_into_groups() -> None:
    """An account put into a group is a member as if it had been told, also by the other name of its domain."""
    groups = Membership.of({r"CORP\Helpdesk": []}, {"CORP": "corp.example"})
    zoe, helpdesk = parse_account(r"CORP\zoe"), parse_account(r"corp.example\Helpdesk")

    assert [False, True] == [
        may_offer(policy(r"CORP\Helpdesk"), zoe, each).allowed for each in (groups, groups.about(zoe, [str(helpdesk)]))
    ]


def test_groups_in_themselves_are_found() -> None:
    """Groups that contain themselves through others are told by name, and no others."""
    assert (parse_account(r"CORP\Helpdesk"), parse_account(r"CORP\Tier1")) == NESTED.cycles()


def test_one_group_told_twice_is_merged() -> None:
    """A group that is told in two spellings has the members of both."""
    groups = Membership.of({r"A\g": [r"A\x"], r"a\G": [r"A\y"]})

    assert all(groups.path(parse_account(each), parse_account(r"A\g")) for each in (r"A\x", r"A\y"))


def test_a_group_that_was_never_told_is_a_question() -> None:
    """An entry of which nothing was told may be a group with the account in it: refused, and asked about (A11)."""
    decision = is_helper(policy(r"CORP\Helpdesk"), ANNA)

    assert (False, [r"is CORP\anna in CORP\Helpdesk? Nobody has told who is"]) == (
        decision.allowed,
        [doubt.says for doubt in decision.unclear],
    )


@pytest.mark.parametrize(
    "entry",
    [
        *("Everyone", r"CORP\Domain Users", "anna", "anna@corp.example", "S-1-5-21-1-2-3-4", r"corp.example\anna"),
        *(
            "bob",
            "bob@corp.example",
            r".\Desk",
            r"other\anna",
            r"CORP\Desk ",
            r"CORP\\Desk",
            "'CORP\\Desk'",
            "CORP/Desk",
        ),
        *("*", "CORP\\*", "CORP\\a*", "CORP\\b*", "a?b", "*S-1-1-0", "*S-1-5-21-1-2-3-4"),
        *("CN=Domain Users,CN=Users,DC=corp", "CN=Help Desk,OU=Groups,DC=corp", "LDAP://CN=bob,DC=corp"),
        *(r"CORP\anna;CORP\bob", r"CORP\a;CORP\b", r"CORP\bob, CORP\Desk", "bob|carl"),
    ],
)
def test_what_windows_might_find_is_forbidden_and_unclear(entry: str) -> None:
    """An entry that Windows may resolve to the account does not match here, and the refusal is unclear (R26)."""
    decision = may_offer(policy(entry), ANNA)

    assert (False, 1) == (decision.allowed, len(decision.unclear))


@pytest.mark.parametrize("entry", ["", "  ", r"A\CORP\anna", "CORP\\", r"CORP\..", '"'])
def test_what_names_nobody_is_forbidden(entry: str) -> None:
    """An entry that no name can be, whatever the directory holds, matches nobody, with certainty (R26, S10)."""
    decision = may_offer(policy(entry), ANNA)

    assert (False, ()) == (decision.allowed, decision.unclear)


def test_domain_users_with_told_members_is_certain() -> None:
    """A group of everybody whose members were told is a group like any other."""
    groups = Membership.of({r"CORP\Domain Users": [r"CORP\bob"]})

    assert () == may_offer(policy(r"CORP\Domain Users"), ANNA, groups).unclear


@pytest.mark.parametrize(("members", "doubts"), [([r"CORP\bob"], 0), ([r"CORP\bob", ANNA], 1)])
def test_several_groups_in_one_entry_with_told_members(members: list[str], doubts: int) -> None:
    """Where the groups that one entry names are told, only their members are in doubt."""
    groups = Membership.of({r"CORP\Desk": members, r"CORP\Tier1": [r"CORP\carl"]})
    decision = may_offer(policy(r"CORP\Tier1;CORP\Desk"), ANNA, groups)

    assert (False, doubts) == (decision.allowed, len(decision.unclear))


def test_a_name_unlike_its_data_admits_neither() -> None:
    """Neither the name nor the data of such an entry may offer, and both refusals are unclear (A12)."""
    odd = RegistryEntry(HELPERS_KEY, ANNA, Kind.SZ, "CORP\\bob\0".encode("utf-16-le"))
    read = read_policy(Registry.of([*policy_to_entries(policy()), odd]))

    decisions = [may_offer(read, account) for account in (ANNA, r"CORP\bob")]

    assert [(False, 1), (False, 1)] == [(each.allowed, len(each.unclear)) for each in decisions]


@pytest.mark.parametrize(
    ("name", "kind", "data", "asked", "unclear"),
    [
        ("anna", Kind.SZ, r"CORP\bob", ANNA, True),
        ("anna", Kind.SZ, r"CORP\bob", r"CORP\zoe", True),
        ("CORP\\", Kind.SZ, r"CORP\a\b", r"CORP\zoe", False),
        (r"corp.example\anna", Kind.SZ, r"CORP\bob", ANNA, True),
        (r"corp.example\anna", Kind.SZ, "bob", r"CORP\bob", True),
        (r"CORP\zoe", Kind.EXPAND_SZ, r"CORP\%USER%", ANNA, True),
        (r"CORP\zoe", Kind.BINARY, "x", ANNA, True),
    ],
)
def test_whom_a_name_unlike_its_data_may_mean(name: str, kind: Kind, data: str, asked: str, unclear: bool) -> None:
    """An entry unlike its data may mean whom either of the two may mean, and anybody where the data is no plain text (A12)."""
    odd = RegistryEntry(HELPERS_KEY, name, kind, f"{data}\0".encode("utf-16-le"))
    decision = may_offer(read_policy(Registry.of([*policy_to_entries(policy()), odd])), asked)

    assert (False, unclear) == (decision.allowed, bool(decision.unclear))


def test_a_sound_entry_beside_a_doubtful_one_is_certain() -> None:
    """An account that is matched directly may offer whatever else the list holds."""
    decision = may_offer(policy("Everyone", ANNA), ANNA)

    assert (True, ()) == (decision.allowed, decision.unclear)


def test_control_needs_the_mode() -> None:
    """A helper may control only where the mode permits it (R3)."""
    decisions = [may_control(policy(ANNA, mode=mode), ANNA) for mode in ("view", "control")]

    assert [(False, ["R3"]), (True, ["R1", "R4", "R3"])] == [(each.allowed, rules(each)) for each in decisions]


def test_an_absent_mode_is_view_only_and_unclear() -> None:
    """Without a mode nobody may control, and the refusal is unclear (R3)."""
    decision = may_control(Policy.of(offer="enabled", helpers=[ANNA]), ANNA)

    assert (False, 1) == (decision.allowed, len(decision.unclear))


def test_what_is_missing_may_permit_control() -> None:
    """A mode that is view only is no certain refusal where a part of the policy is missing."""
    missing = Unclear("", "a file is missing", ("it says nothing", "it says more"), topic="missing")
    decision = may_control(evolve(policy(ANNA), unclear=(missing,)), ANNA)

    assert (False, (missing,)) == (decision.allowed, decision.unclear)


def test_who_may_not_offer_may_not_control() -> None:
    """A stranger is refused control for being a stranger, whatever the mode."""
    decision = may_control(policy(r"CORP\bob", mode="control"), ANNA)

    assert (False, ["R4"]) == (decision.allowed, rules(decision))


@pytest.mark.parametrize("name", SYSTEMS)
def test_solicited_disabled_blocks_offers_on_old_systems(name: str) -> None:
    """On the systems of R9 solicited disabled blocks offers; where the sources are silent it is unclear as well."""
    decision = may_offer(policy(ANNA, solicited="disabled"), ANNA, os=name)
    blocks = SYSTEMS[name].solicited_blocks_offers

    assert (blocks is Blocks.NO, blocks is Blocks.UNCLEAR) == (decision.allowed, bool(decision.unclear))


def test_the_systems_of_r9() -> None:
    """XP before SP2 and Server 2003 are blocked; Server 2003 SP1, SP2 and XP x64, of one kernel, are unclear."""
    old = {
        name: row.solicited_blocks_offers for name, row in SYSTEMS.items() if row.solicited_blocks_offers != Blocks.NO
    }

    assert {
        "windows-xp": Blocks.YES,
        "windows-xp-sp1": Blocks.YES,
        "windows-server-2003": Blocks.YES,
        "windows-xp-x64-sp1": Blocks.UNCLEAR,
        "windows-server-2003-sp1": Blocks.UNCLEAR,
        "windows-server-2003-sp2": Blocks.UNCLEAR,
    } == old


def test_no_system_adds_no_block() -> None:
    """Where no system is named, solicited settings do not matter to offers (R2)."""
    assert may_offer(policy(ANNA, solicited="disabled"), ANNA, os=None).allowed


def test_invitations_that_are_not_disabled_block_nothing() -> None:
    """On the systems of R9 too, offers are blocked by disabled invitations alone."""
    assert [True, True, False] == [
        may_offer(policy(ANNA, solicited=state), ANNA, os="windows-xp").allowed
        for state in ("not configured", "enabled", "disabled")
    ]


def test_a_doubt_about_the_local_preference_is_none_about_the_policy() -> None:
    """A local preference that cannot be read, of the same name as the policy, leaves a block by the policy certain (R9)."""
    local = RegistryEntry(LOCAL_KEY, "fAllowToGetHelp", Kind.SZ, "1\0".encode("utf-16-le"))
    read = read_policy(Registry.of([*policy_to_entries(policy(ANNA, solicited="disabled")), local]))
    decision = may_offer(read, ANNA, os="windows-xp")

    assert (["fAllowToGetHelp"], False, ()) == (
        [doubt.setting for doubt in read.unclear],
        decision.allowed,
        decision.unclear,
    )


def test_a_decision_is_true_where_it_allows() -> None:
    """A decision can be asked like a truth value."""
    assert [True, False] == [bool(may_offer(policy(each), ANNA)) for each in (ANNA, r"CORP\bob")]


def test_a_misspelt_system_is_never_fine() -> None:
    """A system that nobody knows is an error that names the nearest one, not a system without a block (R42)."""
    with pytest.raises(UsageError, match="did you mean `windows-xp-sp1`"):
        may_offer(policy(ANNA, solicited="disabled"), ANNA, os="windows-xp-sp11")


def test_solicited_enabled_enables_nothing() -> None:
    """Solicited help with control gives an offer nothing (R2)."""
    words = Policy.of(solicited="enabled", solicited_mode="control")

    assert not may_offer(words, ANNA).allowed


def test_reasons_name_their_place() -> None:
    """Every reason names the setting and the place in the file that decided it (R50)."""
    place = Where("made.pol", 8)
    entries = [
        RegistryEntry(each.key, each.name, each.kind, each.data, place, each.action)
        for each in policy_to_entries(policy(ANNA, mode="control"))
    ]
    decision = may_control(read_policy(Registry.of(entries)), ANNA)

    assert [
        ("fAllowUnsolicited", place),
        ("RAUnsolicit", place),
        ("fAllowUnsolicitedFullControl", place),
    ] == [(reason.setting, reason.where) for reason in decision.because]


def test_an_account_of_wrong_form_is_refused() -> None:
    """A question about something that is no account is an error, not a denial."""
    with pytest.raises(UsageError):
        may_offer(policy(ANNA), "anna")


# ---- who is in which group: told, asked, or never to be known --------------------------------------------------


def doubts(account: str, entry: str, groups: Membership | None = None) -> list[str]:
    """Return what is not known about an account where one entry is listed."""
    return [doubt.says for doubt in may_offer(policy(entry), account, groups).unclear]


def test_everybody_at_any_depth() -> None:
    """A group with everybody in it, however deep, holds everybody, and the doubt names who."""
    nested = Membership.of({r"CORP\A": [r"CORP\B"], r"CORP\B": [r"CORP\Domain Users"]})

    assert [r'the entry "CORP\A" holds everybody: CORP\Domain Users is in it'] == doubts(ANNA, r"CORP\A", nested)


@pytest.mark.parametrize("entry", [r"NT AUTHORITY\Authenticated Users", r"BUILTIN\Users", r"LAB\Domain Users"])
def test_everybody_is_of_no_domain(entry: str) -> None:
    """That a domain is known to be another one takes its own accounts out of its groups, and nobody out of the world's."""
    known = Membership.of({}, {"CORP": "corp.example", "LAB": "lab.example"})

    assert (0 if entry.startswith("LAB") else 1) == len(doubts(ANNA, entry, known))


def test_who_is_outside_of_a_group_is_outside_of_what_is_in_it() -> None:
    """Said not to be in a group an account is in none below it, and the answer is certain; of the world it cannot be said."""
    told = Membership.told(
        [(parse_account(r"CORP\Desk"), [parse_account(r"CORP\Tier1")])], untold=[parse_account(r"CORP\Tier1")]
    )
    world = r"NT AUTHORITY\Authenticated Users"
    anna = parse_account(ANNA)

    assert 1 == len(doubts(ANNA, r"CORP\Desk", told))
    assert [] == doubts(ANNA, r"CORP\Desk", told.about(anna, [], [r"CORP\Desk"]) | Membership())
    assert [] == doubts(ANNA, r"CORP\Domain Users", Membership().about(anna, [], [r"CORP\Domain Users"]))
    assert 1 == len(doubts(ANNA, world, Membership().about(anna, [], [world])))


def test_who_was_told_to_be_inside_is_not_outside() -> None:
    """That an account is not in a group that was told to hold it is refused."""
    with pytest.raises(UsageError, match="cannot be outside"):
        NESTED.about(parse_account(ANNA), [], [r"CORP\Helpdesk"])


def test_a_question_names_a_few_groups() -> None:
    """Of many groups that were not told a question names five, and says how many more there are."""
    many = Policy.of(offer="enabled", mode="view", helpers=[rf"CORP\g{number}" for number in range(8)])

    assert "CORP\\g4 or 3 more? Nobody" in may_offer(many, ANNA).unclear[0].says
    assert "CORP\\g0 or CORP\\g1? Nobody" in may_offer(policy(r"CORP\g0", r"CORP\g1"), ANNA).unclear[0].says
