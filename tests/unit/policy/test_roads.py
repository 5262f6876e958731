"""All roads to the screen: the rows of the table against a second reading in plain ifs, over every combination of their values."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from attrs import evolve

from rasim.policy import (
    Action,
    Local,
    Policy,
    Preference,
    Registry,
    RegistryEntry,
    RegType,
    RoadState,
    State,
    read_policy,
    roads_of,
)
from rasim.policy import road_states as reading
from rasim.policy.registry import MACHINE, USER
from rasim.policy.road_states import read_roads
from rasim.policy.roads import ROADS, USER_HALF, Road, RoadSwitch

TS = r"Software\Policies\Microsoft\Windows NT\Terminal Services"
LISTENER = r"System\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
LOCAL = r"System\CurrentControlSet\Control\Terminal Server"
MEETING = r"Software\Policies\Microsoft\Conferencing"
SMS = r"SOFTWARE\Microsoft\SMS\Client\Client Components\Remote Control"
CHROME = r"Software\Policies\Google\Chrome"
VNC = r"Software\Policies\RealVNC\vncserver"
UAC = r"Software\Microsoft\Windows\CurrentVersion\Policies\System"

Value = int | str | None  # a number, a text that is none, nothing
Said = tuple[str, str | None, str]  # open, asks, gives
ABSENT: Said = ("not stated", None, "cannot tell")
CLOSED: Said = ("no", None, "nothing")


def entry(key: str, name: str, value: int | str, hive: str = MACHINE) -> RegistryEntry:
    if isinstance(value, int):
        return RegistryEntry(key, name, RegType.DWORD, value.to_bytes(4, "little"), hive=hive)
    return RegistryEntry(key, name, RegType.SZ, f"{value}\0".encode("utf-16-le"), hive=hive)


# ---- the second reading: what each road's words say, in ifs ---------------------------------------------------


def shadowing(machine: Value, user: Value, listener: Value) -> Said:
    value = machine if machine is not None else user
    if value is None:
        return ABSENT if listener is None else ("cannot tell", "cannot tell", "cannot tell")
    if value == 0:
        return CLOSED
    if value == 1:
        return "yes", "yes", "control"
    if value == 2:
        return "yes", "no", "control"
    if value == 3:
        return "yes", "yes", "view"
    if value == 4:
        return "yes", "no", "view"
    return "cannot tell", "cannot tell", "cannot tell"


def remote_desktop(policy: Value, local: Value) -> Said:
    value = policy if policy is not None else local
    if value is None:
        return ABSENT
    if value == 1:
        return CLOSED
    return ("yes" if value == 0 else "cannot tell"), "cannot tell", "control"


def meeting(value: Value) -> Said:
    if value is None:
        return ABSENT
    if value == 1:
        return CLOSED
    return ("yes" if value == 0 else "cannot tell"), "no", "control"


def sms(enabled: Value, level: Value, asks: Value) -> Said:
    if enabled == 0 or level == 0:
        return CLOSED
    if enabled is None and level is None and asks is None:
        return ABSENT
    opened = "yes" if enabled == 1 or level in {1, 2} else "cannot tell"
    asked = "yes" if asks == 1 else "no" if asks == 0 else "cannot tell"
    gives = "view" if level == 1 else "control" if level == 2 else "cannot tell"
    return opened, asked, gives


def chrome(asks: str) -> Callable[..., Said]:
    def said(value: Value) -> Said:
        if value is None:
            return ABSENT
        if value == 0:
            return CLOSED
        return ("yes" if value == 1 else "cannot tell"), asks, "control"

    return said


def vnc(direct: Value, cloud: Value, query: Value, only: Value, mouse: Value, keys: Value) -> Said:
    values = [1 if value == "true" else value for value in (direct, cloud, query, only, mouse, keys)]
    direct, cloud, query, only, mouse, keys = values
    if direct == 0 and cloud == 0:
        return CLOSED
    if direct == 1 or cloud == 1:
        opened = "yes"
    elif 9 in values or query is not None:
        opened = "cannot tell"
    else:
        return ABSENT
    asked = "yes" if query == 1 else "no" if query == 0 else "cannot tell"
    if mouse == 1 or keys == 1:
        gives = "control"
    elif mouse == 0 and keys == 0:
        gives = "view"
    else:
        gives = "cannot tell"
    return opened, asked, gives


def elevation(toggle: Value, secure: Value) -> Said:
    if toggle == 0 and secure == 1:
        return CLOSED
    if toggle == 1 or secure == 0:
        return "yes", "yes", "control"
    if 9 in {toggle, secure}:
        return "cannot tell", "yes", "control"
    return ABSENT


FEW: tuple[Value, ...] = (None, 0, 1, 9)
SECOND: dict[str, tuple[Callable[..., Said], tuple[tuple[str, str, str], ...], tuple[Value, ...]]] = {
    "session shadowing": (
        shadowing,
        ((MACHINE, TS, "Shadow"), (USER, TS, "Shadow"), (MACHINE, LISTENER, "Shadow")),
        (None, 0, 1, 2, 3, 4, 5, "2"),
    ),
    "remote desktop": (
        remote_desktop,
        ((MACHINE, TS, "fDenyTSConnections"), (MACHINE, LOCAL, "fDenyTSConnections")),
        FEW,
    ),
    "NetMeeting desktop sharing": (meeting, ((MACHINE, MEETING, "NoRDS"),), FEW),
    "Configuration Manager remote control": (
        sms,
        ((MACHINE, SMS, "Enabled"), (MACHINE, SMS, "Access Level"), (MACHINE, SMS, "Permission Required")),
        (None, 0, 1, 2, 9),
    ),
    "Chrome remote support": (
        chrome("yes"),
        ((MACHINE, CHROME, "RemoteAccessHostAllowRemoteSupportConnections"),),
        FEW,
    ),
    "Chrome remote access": (
        chrome("no"),
        ((MACHINE, CHROME, "RemoteAccessHostAllowRemoteAccessConnections"),),
        FEW,
    ),
    "RealVNC Server": (
        vnc,
        tuple(
            (MACHINE, VNC, name)
            for name in (
                "AllowIpListenRfb",
                "AllowCloudRfb",
                "QueryConnect",
                "QueryOnlyIfLoggedOn",
                "AcceptPointerEvents",
                "AcceptKeyEvents",
            )
        ),
        (None, 0, "true", 9),
    ),
    "questions for elevation": (
        elevation,
        ((MACHINE, UAC, "EnableUIADesktopToggle"), (MACHINE, UAC, "PromptOnSecureDesktop")),
        FEW,
    ),
}


def said(state: RoadState) -> Said:
    return state.open, state.asks, state.gives


def readings(name: str) -> Iterator[tuple[list[RegistryEntry], Said]]:
    """Yield every combination of a road's values, as entries, with what the second reading says of it."""
    second, places, values = SECOND[name]
    for combination in product(values, repeat=len(places)):
        entries = [
            entry(key, value_name, value, hive)
            for (hive, key, value_name), value in zip(places, combination, strict=True)
            if value is not None
        ]
        yield entries, second(*combination)


def of(name: str, entries: list[RegistryEntry]) -> RoadState:
    return next(road for road in read_roads(Registry.of(entries)) if road.road == name)


@pytest.mark.parametrize("name", SECOND)
def test_a_second_reading_agrees(name: str) -> None:
    """Whatever the values of a road are, the table and plain ifs say the same of it."""
    differ = [(entries, expected) for entries, expected in readings(name) if expected != said(of(name, entries))]

    assert [] == differ[:3]


def test_every_road_has_a_second_reading() -> None:
    """No road of the table is left out of the second reading."""
    assert [road.name for road in ROADS] == list(SECOND)


# ---- the table with one mistake -------------------------------------------------------------------------------

_OTHER: dict[str, dict[object, object]] = {
    "open": {True: False, False: True},
    "asks": {True: False, False: True},
    "gives": {"view": "control", "control": "view"},
}


def mistaken() -> Iterator[tuple[str, Road]]:
    """Yield every road with one thing in it turned over or left out."""
    for road in ROADS:
        for field in ("asks", "gives"):
            # What switches say is never asked of the row itself.
            if not any(getattr(says, field) is not None for switch in road.switches for says in switch.says.values()):
                other = _OTHER[field].get(getattr(road, field), True)
                yield f"{road.name}: {field} {other}", evolve(road, **{field: other})
        if len(road.switches) > 1:
            yield f"{road.name}: every", evolve(road, every=not road.every)
        for at, switch in enumerate(road.switches):
            rest = (*road.switches[:at], *road.switches[at + 1 :])
            yield f"{road.name}: without {switch.settings[0].value}", evolve(road, switches=rest)
            for how, one in _mistaken(switch):
                changed = (*road.switches[:at], one, *road.switches[at + 1 :])
                yield f"{road.name}: {switch.settings[0].value} {how}", evolve(road, switches=changed)


def _mistaken(switch: RoadSwitch) -> Iterator[tuple[str, RoadSwitch]]:
    if len(switch.settings) > 1:
        yield "without the weakest", evolve(switch, settings=switch.settings[:-1])
        yield "without the strongest", evolve(switch, settings=switch.settings[1:])
        yield "the weakest first", evolve(switch, settings=switch.settings[::-1])
    if switch.perhaps:
        yield "never perhaps", evolve(switch, perhaps=())
    for number, says in switch.says.items():
        yield f"without {number}", evolve(switch, says={n: said for n, said in switch.says.items() if n != number})
        for field, turned in _OTHER.items():
            if (value := getattr(says, field)) is not None:
                wrong = {**switch.says, number: evolve(says, **{field: turned[value]})}
                yield f"{number} {field} {turned[value]}", evolve(switch, says=wrong)


def test_the_second_reading_notices_every_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of roads with one thing turned over or left out says something else than plain ifs, wherever the mistake is."""
    unnoticed, many = [], 0
    for how, road in mistaken():
        many += 1
        monkeypatch.setattr(reading, "ROADS", (road,))
        if all(expected == said(of(road.name, entries)) for entries, expected in readings(road.name)):
            unnoticed.append(how)

    assert ([], True) == (unnoticed, many > 60)


# ---- who, which half, what is missing --------------------------------------------------------------------------


def test_permitted_viewers_are_named() -> None:
    """Who Configuration Manager permits is named as the list has it, and in words where it has none."""
    names = "CORP\\Desk\0CORP\\carol\0\0".encode("utf-16-le")
    listed = RegistryEntry(SMS, "PermittedViewers", RegType.MULTI_SZ, names)
    alone = entry(SMS, "PermittedViewers", "CORP\\Desk")
    enabled = entry(SMS, "Enabled", 1)

    assert ("CORP\\Desk", "CORP\\carol") == of("Configuration Manager remote control", [enabled, listed]).who
    assert ("CORP\\Desk",) == of("Configuration Manager remote control", [enabled, alone]).who
    assert ("its permitted viewers",) == of("Configuration Manager remote control", [enabled]).who


@pytest.mark.parametrize("user", ["", "S-1-5-21-1-2-3-1001\\", ".DEFAULT\\"])
def test_each_user_is_the_user(user: str) -> None:
    """What stands in the hive of a user counts, whichever user it is."""
    shadow = entry(f"{user}{TS}", "Shadow", 2, "HKEY_USERS" if user else USER)

    assert ("yes", "no", "control") == said(of("session shadowing", [shadow]))


def test_only_what_a_user_decides_counts_in_a_users_half() -> None:
    """Offers, and a switch of the computer, mean nothing in the hive of a user, and are kept as misplaced."""
    wrong = [entry(TS, "fAllowUnsolicited", 1, USER), entry(TS, "fDenyTSConnections", 0, USER)]
    policy = read_policy(Registry.of(wrong))

    assert (State.NOT_CONFIGURED, "not stated") == (policy.offer.state, roads_of(policy)[3].open)
    assert 2 == len(policy.misplaced)


def test_a_deletion_in_a_users_half_deletes() -> None:
    """A key that is deleted in a user's half takes the value of the user with it, and leaves that of the computer."""
    gone = RegistryEntry(TS, "", RegType.NONE, b"", action=Action.DELETE_KEY, hive=USER)
    users, machines = entry(TS, "Shadow", 2, USER), entry(TS, "Shadow", 4)

    assert ABSENT == said(of("session shadowing", [users, gone]))
    assert ("yes", "no", "view") == said(of("session shadowing", [machines, users, gone]))


def test_a_text_is_a_number_for_a_product_that_writes_texts_only() -> None:
    """RealVNC's parameters may be texts; for Windows a text where a number belongs cannot be told."""
    direct, query = entry(VNC, "AllowIpListenRfb", "1"), entry(VNC, "QueryConnect", "False")

    assert ("yes", "no") == said(of("RealVNC Server", [direct, query]))[:2]
    assert "cannot tell" == of("remote desktop", [entry(TS, "fDenyTSConnections", "1")]).open


@pytest.mark.parametrize(
    ("policy", "offer", "invitation"),
    [
        (Policy(), ABSENT, ABSENT),
        (Policy.of(offer="disabled", solicited="disabled"), CLOSED, CLOSED),
        (Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"]), ("yes", "yes", "view"), ABSENT),
        (Policy.of(offer="enabled", mode="control", helpers=["anna"]), ("cannot tell", "yes", "control"), ABSENT),
        (Policy.of(offer="enabled", mode="control"), CLOSED, ABSENT),
        (
            Policy.of(offer="unknown", solicited="enabled"),
            ("cannot tell", "yes", "cannot tell"),
            ("yes", "yes", "cannot tell"),
        ),
        (Policy(local=Local(Preference.ON)), ABSENT, ("yes", "yes", "cannot tell")),
        (Policy(local=Local(Preference.OFF)), ABSENT, CLOSED),
    ],
)
def test_offers_and_invitations_always_ask(policy: Policy, offer: Said, invitation: Said) -> None:
    """The first two roads are what the rules are about: open as the policy says, and the user is always asked."""
    assert (offer, invitation) == tuple(map(said, roads_of(policy)[:2]))


def test_nothing_is_closed_where_a_part_is_missing() -> None:
    """Where an instruction could not be carried out every road that is not open is *cannot tell*, and may ask nobody."""
    strange = RegistryEntry(TS, "**xyz", RegType.SZ, b"", action=Action.UNKNOWN)
    closed, opened = entry(TS, "Shadow", 0), entry(TS, "fDenyTSConnections", 0)
    roads = roads_of(read_policy(Registry.of([closed, opened, strange])))

    assert {"cannot tell", "yes"} == {road.open for road in roads}
    assert ("yes", "cannot tell", "control") == said(roads[3])
    assert ("cannot tell", "cannot tell", "cannot tell") == said(roads[2])
    always = {"offer", "invitation", "Chrome remote support", "questions for elevation"}
    assert always == {road.road for road in roads if road.asks == "yes"}


@pytest.mark.parametrize(
    ("shadow", "unasked", "perhaps"),
    [(0, False, False), (1, False, False), (2, True, False), (4, True, False), (5, False, True)],
)
def test_what_needs_no_yes(shadow: int, unasked: bool, perhaps: bool) -> None:
    """A road is unasked where the file says that nobody is asked, perhaps so where that cannot be told, and else neither."""
    road = of("session shadowing", [entry(TS, "Shadow", shadow)])

    assert (unasked, perhaps) == (road.unasked, road.perhaps_unasked)


def test_an_unread_value_is_a_doubt_of_its_setting() -> None:
    """A number that says nothing is unclear, with both readings, and where it stands."""
    (doubt,) = of("session shadowing", [entry(TS, "Shadow", 7)]).unclear

    assert ("Shadow", "REG_DWORD 7") == (doubt.setting, doubt.says)


def test_keys_of_the_users_half_are_no_keys_of_windows() -> None:
    """Nothing that a file can name stands for the user's half by itself."""
    forged = entry(f"{USER_HALF}\\{TS}", "Shadow", 2)

    assert ABSENT == said(of("session shadowing", [forged]))


@pytest.mark.parametrize("key", [r"Software\Elsewhere", "x" * 5_000, f"{TS}\\" + "x" * 5_000])
@pytest.mark.parametrize("hive", [MACHINE, USER])
def test_other_keys_mean_nothing(key: str, hive: str) -> None:
    """A value of another key, however long its name is, decides no road."""
    assert {"not stated"} == {road.open for road in read_roads(Registry.of([entry(key, "Shadow", 2, hive)]))}


def test_what_a_road_gives_can_be_said() -> None:
    """What a road gives is said as a sentence has it, also where that cannot be told."""
    direct = entry(VNC, "AllowIpListenRfb", 1)

    assert ("view", "what cannot be told") == (
        of("session shadowing", [entry(TS, "Shadow", 4)]).given,
        of("RealVNC Server", [direct]).given,
    )
