"""Reports in XML: the words of the policy editor, in languages known and unknown, and what a report cannot tell."""

import pytest
from reports import (
    ENGLISH,
    GERMAN,
    OTHER,
    SETTINGS,
    drop_down,
    extension,
    firewall_nodes,
    list_box,
    nodes,
    policy_node,
    ranked,
    report,
    results,
)

from rasim.errors import PolicyFileError
from rasim.formats import Adml, gpo_report, read, words_in, xml_text
from rasim.policy import Firewall, Mode, Policy, State, read_policy
from rasim.policy.precedence import LinkTo
from rasim.policy.settings import HELPERS_KEY, POLICY_KEY

IDS = {"control": "RA_Unsolicit_Control_Ctrl", "view": "RA_Unsolicit_Control_View"}
IN_GERMAN = words_in([Adml("de", {IDS.get(key, key): text for key, text in GERMAN.items()})])
HELPDESK = Policy.of(
    offer="enabled", mode="control", helpers=[r"CORP\Helpdesk", r"dns.corp\Tier 1"], logging="disabled"
)


def policy_of(data: bytes, **how: object) -> Policy:
    return read_policy(read(data, "x.xml", **how).registry)  # type: ignore[arg-type]


def setting(key: str, *values: str) -> str:
    return f"<q3:RegistrySetting><q3:KeyPath>{key}</q3:KeyPath>{''.join(values)}</q3:RegistrySetting>"


def value(name: str, inside: str) -> str:
    return f"<q3:Value><q3:Name>{name}</q3:Name>{inside}</q3:Value>"


def test_a_report_means_its_policy() -> None:
    """The policies of a report mean what the editor writes for them: state, mode, helpers, log."""
    assert HELPDESK == policy_of(report(nodes(HELPDESK)))


def test_a_file_knows_its_group_policy() -> None:
    """A report names its group policy, and counts the policies it tells, known or not."""
    links = (
        "<LinksTo><SOMName>London</SOMName><SOMPath>corp.example/London</SOMPath>"
        "<Enabled>true</Enabled><NoOverride>true</NoOverride></LinksTo>"
    )
    done = read(report(nodes(HELPDESK) + policy_node(OTHER, "Enabled"), name="A & B", links=links), "x.xml")

    assert done.gpo is not None
    assert ("A & B", "{A & B}", "corp.example", True) == (
        done.gpo.name,
        done.gpo.id,
        done.gpo.domain,
        done.gpo.computer,
    )
    assert (LinkTo("corp.example/London", enforced=True),) == done.gpo.links
    assert 3 == done.entries


def test_a_disabled_policy_deletes_what_lower_ones_said() -> None:
    """A disabled policy of a report deletes mode and helpers, as its Registry.pol does."""
    lower = read(report(nodes(HELPDESK)), "a.xml").registry
    policy = read_policy(read(report(nodes(Policy.of(offer="disabled"))), "b.xml", lower).registry)

    assert (State.DISABLED, None, ()) == (policy.offer.state, policy.offer.mode, policy.offer.helpers)


def test_a_half_that_is_off_applies_nothing() -> None:
    """Where the computer's half of a group policy is switched off nothing of it applies, and the reader says so."""
    done = read(report(nodes(HELPDESK), enabled="false"), "x.xml")

    assert Policy() == read_policy(done.registry)
    assert ["half disabled"] == [remark.topic for remark in done.remarks]


def test_a_report_without_the_computers_half() -> None:
    """Where the computer's half is missing from a report nothing can be told: unknown, and never not configured."""
    head, tail = report(nodes(HELPDESK)).decode("utf-16").split("<Computer>")
    policy = policy_of((head + tail.partition("</Computer>")[2]).encode("utf-16"))

    assert [State.UNKNOWN] * 3 == [policy.offer.state, policy.solicited.state, policy.logging.state]
    assert "no half for the computer" in policy.unclear[0].says


def test_the_users_half_decides_nothing() -> None:
    """What stands in the user's half is counted and decides nothing."""
    data = report("").decode("utf-16").replace("<User>", f"<User>{extension(nodes(HELPDESK))}").encode("utf-16")
    done = read(data, "x.xml")

    assert (Policy(), 2) == (read_policy(done.registry), done.entries)


def test_german_without_its_texts_cannot_be_told() -> None:
    """A report in a language whose texts were not given cannot be told: unknown, and never not configured."""
    policy = policy_of(report(nodes(HELPDESK, GERMAN), GERMAN))

    assert [State.UNKNOWN] * 3 == [policy.offer.state, policy.solicited.state, policy.logging.state]
    assert {"untold"} == {doubt.topic for doubt in policy.unclear} - {"firewall"}
    assert "neither English nor those of the ADML files given" in policy.unclear[0].says


def test_german_with_its_texts_is_read() -> None:
    """With the texts of its language a report means its policy."""
    policy = policy_of(report(nodes(HELPDESK, GERMAN), GERMAN), words=IN_GERMAN)

    assert (HELPDESK.offer, HELPDESK.solicited, HELPDESK.logging) == (policy.offer, policy.solicited, policy.logging)


def test_texts_of_another_language_do_not_help() -> None:
    """Texts that match nothing in a report in an unknown language leave it untold."""
    french = policy_node("Configurer", "Enabled", help_="Ce paramètre de stratégie")
    policy = policy_of(report(french, {"registry": "Registre"}), words=IN_GERMAN)

    assert State.UNKNOWN is policy.offer.state


def test_one_text_that_matches_tells_the_language() -> None:
    """Where one policy is found in the words given, another that is not found is not configured."""
    only = Policy.of(solicited="disabled")
    policy = policy_of(report(nodes(only, GERMAN), GERMAN), words=IN_GERMAN)

    assert (State.NOT_CONFIGURED, State.DISABLED) == (policy.offer.state, policy.solicited.state)


def test_a_foreign_report_says_nothing_about_the_firewall_either() -> None:
    """Where the words of the firewall's policies are unknown, whether it is on cannot be told."""
    policy = policy_of(report(nodes(HELPDESK, GERMAN), GERMAN), words=IN_GERMAN)

    assert "unknown" == policy.firewall.protection.state


def test_a_report_without_words_is_not_configured() -> None:
    """A report that tells no policy of the editor needs no language: nothing is configured."""
    assert Policy() == policy_of(report(""))
    assert Policy() == policy_of(report("", GERMAN))


def test_one_english_name_is_enough() -> None:
    """English words are known by a name that is found, also beside texts in another language."""
    other = policy_node("Otra", "Enabled", help_="Esta configuración")
    policy = policy_of(report(other + nodes(HELPDESK), {"registry": "Registro"}))

    assert HELPDESK.offer == policy.offer


MSS = policy_node("MSS: (X)", "Enabled", help_="MSS: (X) How often keep-alive packets are sent in milliseconds")
ENGLISH_OTHER = policy_node("Turn off the Store", "Enabled", help_="If you enable this, access is denied.")
GERMAN_OTHER = policy_node("Store", "Enabled", help_=GERMAN["help"])
LONG_OTHER = policy_node("Store", "Enabled", help_="Mit dieser Einstellung kann man einen Dienst aktivieren. " * 4)


@pytest.mark.parametrize(
    ("inside", "state"),
    [
        (ENGLISH_OTHER + MSS, State.NOT_CONFIGURED),
        (MSS * 3 + ENGLISH_OTHER, State.NOT_CONFIGURED),
        (MSS, State.UNKNOWN),
        (policy_node("Store", "Enabled"), State.UNKNOWN),
        (ENGLISH_OTHER * 9 + GERMAN_OTHER, State.NOT_CONFIGURED),
        (ENGLISH_OTHER * 9 + LONG_OTHER, State.NOT_CONFIGURED),
        (ENGLISH_OTHER + GERMAN_OTHER, State.UNKNOWN),
        (ENGLISH_OTHER + LONG_OTHER * 2, State.UNKNOWN),
        (policy_node(ENGLISH["RA_Logging"], "Enabled") + LONG_OTHER, State.UNKNOWN),
    ],
)
def test_what_tells_that_a_report_is_english(inside: str, state: State) -> None:
    """A report is English by the greater part of its explanations; a short one tells no language, and one name not against them."""
    assert state is policy_of(report(inside)).offer.state


@pytest.mark.parametrize(
    ("key", "state"), [(POLICY_KEY, State.ENABLED), (f"HKLM\\{POLICY_KEY}", State.UNKNOWN), (f"{POLICY_KEY} ", None)]
)
def test_the_key_of_a_single_value(key: str, state: State | None) -> None:
    """A single value stands at the key that the report writes, doubtful or another one."""
    value = "<q3:Value><q3:Name>fAllowUnsolicited</q3:Name><q3:Number>1</q3:Number></q3:Value>"
    inside = f"<q3:RegistrySetting><q3:KeyPath>{key}</q3:KeyPath>{value}</q3:RegistrySetting>"

    assert (state or State.NOT_CONFIGURED) is policy_of(report(inside)).offer.state


def test_the_old_name_is_known() -> None:
    """The display name of Windows XP's editor is known too."""
    words = {**ENGLISH, "RA_Unsolicit": "Offer Remote Assistance"}

    assert HELPDESK.offer == policy_of(report(nodes(HELPDESK, words), words)).offer


@pytest.mark.parametrize("state", ["", "Aktiviert", "NotConfigured"])
def test_a_state_that_is_none(state: str) -> None:
    """A state of another word cannot be told: it is neither enabled nor not configured."""
    policy = policy_of(report(policy_node(ENGLISH["RA_Unsolicit"], state)))

    assert (State.UNKNOWN, "untold") == (policy.offer.state, policy.unclear[0].topic)


def test_a_choice_in_other_words() -> None:
    """A mode chosen in unknown words cannot be told, and is taken for view only."""
    inside = drop_down("Helfer dürfen alles") + list_box([r"CORP\a"])
    policy = policy_of(report(policy_node(ENGLISH["RA_Unsolicit"], "Enabled", inside)))

    assert (State.ENABLED, None) == (policy.offer.state, policy.offer.mode)
    assert [("fAllowUnsolicitedFullControl", "untold")] == [(d.setting, d.topic) for d in policy.unclear]


def test_no_choice_at_all() -> None:
    """An enabled policy without a choice states no mode, which is unclear as in any other form."""
    policy = policy_of(report(policy_node(ENGLISH["RA_Unsolicit"], "Enabled", list_box([r"CORP\a"]))))

    assert ["no mode"] == [doubt.topic for doubt in policy.unclear]


def test_a_list_of_another_form() -> None:
    """A list whose values are numbered is none of this policy: what the policy is cannot be told."""
    numbered = list_box([r"CORP\a"]).replace("<q3:ValuePrefix />", "<q3:ValuePrefix>Helper</q3:ValuePrefix>")
    policy = policy_of(report(policy_node(ENGLISH["RA_Unsolicit"], "Enabled", drop_down(ENGLISH["view"]) + numbered)))

    assert (State.UNKNOWN, "untold") == (policy.offer.state, policy.unclear[0].topic)


def test_helpers_keep_their_letters() -> None:
    """A helper is the text as typed, blanks at its edges included; such an entry matches nobody (R26)."""
    inside = drop_down(ENGLISH["view"]) + list_box([r" CORP\anna", r"CORP\R&D x", "", "*"])
    policy = policy_of(report(policy_node(ENGLISH["RA_Unsolicit"], "Enabled", inside)))

    assert [r" CORP\anna", r"CORP\R&D x", "", "*"] == [helper.text for helper in policy.offer.helpers]
    assert [True, False, True, True] == [helper.flaw is not None for helper in policy.offer.helpers]


def test_single_values_need_no_words() -> None:
    """Registry values that a report tells by key and number count, also in a language that is not known."""
    values = setting(
        POLICY_KEY,
        value("fAllowUnsolicited", "<q3:Number>1</q3:Number>"),
        value("fAllowUnsolicitedFullControl", "<q3:Number>0</q3:Number>"),
    )
    helpers = setting(HELPERS_KEY, value(r"CORP\a", r"<q3:String>CORP\a</q3:String>"))
    policy = policy_of(report(values + helpers))

    assert (State.ENABLED, Mode.VIEW, [r"CORP\a"]) == (
        policy.offer.state,
        policy.offer.mode,
        [helper.text for helper in policy.offer.helpers],
    )


@pytest.mark.parametrize(
    "inside", ["<q3:Binary>AQ==</q3:Binary>", "", "<q3:Number>-1</q3:Number>", "<q3:Number>4294967296</q3:Number>"]
)
def test_single_values_in_other_forms(inside: str) -> None:
    """A value told in an unknown form cannot be told: it is there, and it is not 0."""
    policy = policy_of(report(setting(POLICY_KEY, value("fAllowUnsolicited", inside))))

    assert State.UNKNOWN is policy.offer.state


def test_the_firewall_of_a_report() -> None:
    """The legacy firewall policies of a report mean what the editor writes for them."""
    firewall = Firewall.of(
        ports=["135:TCP:*:Enabled:Offer"],
        programs=[r"%WINDIR%\SYSTEM32\Sessmgr.exe:*:Enabled:x"],
        remote_desktop="enabled",
        remote_desktop_scope="10.0.0.0/8",
        protection="enabled",
    )

    assert firewall == policy_of(report(firewall_nodes(firewall))).firewall


def test_a_box_that_is_not_enabled_says_nothing() -> None:
    """A box for text that is not enabled states no scope: the exception lets in everybody, as where none is stored."""
    nodes_ = firewall_nodes(Firewall.of(remote_desktop="enabled", remote_desktop_scope="10.0.0.0/8"))
    head, tail = nodes_.split("<q3:EditText>")
    firewall = policy_of(report(head + "<q3:EditText>" + tail.replace("Enabled", "Disabled", 1))).firewall

    assert ("enabled", "*") == (firewall.remote_desktop.state, str(firewall.remote_desktop_scope))


def test_firewall_lists_add() -> None:
    """Exceptions of two reports add up, as the editor's additive lists do (R29)."""
    one, two = (Firewall.of(ports=[f"{port}:TCP:*:Enabled:x"]) for port in (135, 445))
    lower = read(report(firewall_nodes(one)), "a.xml").registry
    both = read_policy(read(report(firewall_nodes(two)), "b.xml", lower).registry)

    assert [135, 445] == [port.port for port in both.firewall.ports]


def firewall_part(inside: str) -> str:
    return f'<ExtensionData><Extension xmlns:f="{SETTINGS}/WindowsFirewall">{inside}</Extension><Name>F</Name></ExtensionData>'


def test_rules_and_switches_of_the_firewall() -> None:
    """The part about the newer firewall tells switches of the domain profile and inbound rules, without any words."""
    fields = {
        "Version": "2.30",
        "Action": "Allow",
        "Name": "x",
        "Dir": "In",
        "Protocol": "6",
        "LPort": "135",
        "Active": "true",
    }
    rule = "".join(f"<f:{key}>{value}</f:{key}>" for key, value in fields.items())
    profile = "<f:AllowLocalPolicyMerge><f:Value>false</f:Value></f:AllowLocalPolicyMerge>"
    part = firewall_part(
        f"<f:DomainProfile>{profile}</f:DomainProfile><f:InboundFirewallRules>{rule}</f:InboundFirewallRules>"
    )
    data = report("").decode("utf-16").replace("</Computer>", f"{part}</Computer>").encode("utf-16")
    firewall = policy_of(data).firewall

    assert ("disabled", ()) == (firewall.rules_merge.state, firewall.broken_rules)
    assert ["x: allow, in, TCP, 135, all profiles"] == [each.shown for each in firewall.rules]


@pytest.mark.parametrize(("said", "state"), [("true", "enabled"), ("0", "disabled"), ("ja", "unknown")])
def test_a_switch_in_another_form(said: str, state: str) -> None:
    """A switch that is neither true nor false cannot be told."""
    part = firewall_part(
        f"<f:DomainProfile><f:EnableFirewall><f:Value>{said}</f:Value></f:EnableFirewall></f:DomainProfile>"
    )
    data = report("").decode("utf-16").replace("</Computer>", f"{part}</Computer>").encode("utf-16")

    assert state == policy_of(data).firewall.protection.state


# ---- gpresult /x ---------------------------------------------------------------------------------------------


def test_a_resulting_set() -> None:
    """A resulting set means what its policies say."""
    assert HELPDESK == policy_of(results(nodes(HELPDESK)))


def test_without_elevation_nothing_can_be_told() -> None:
    """Without the computer's results every state is unknown, and the reason is said: never not configured."""
    policy = policy_of(results("", computer=False))

    assert [State.UNKNOWN] * 3 == [policy.offer.state, policy.solicited.state, policy.logging.state]
    assert "without elevation" in policy.unclear[0].says


def test_precedence_decides() -> None:
    """Of two group policies that a resulting set tells the one of precedence 1 wins, wherever it stands."""
    one = nodes(Policy.of(offer="disabled"), rank=ranked(1, "A"))
    two = nodes(HELPDESK, rank=ranked(2, "B"))
    gpos = {"A": "Clients", "B": "Helpdesk"}
    for inside in (one + two, two + one):
        done = read(results(inside, gpos=gpos), "x.xml")
        (won,) = done.registry.find_value(POLICY_KEY, "fAllowUnsolicited")

        assert State.DISABLED is read_policy(done.registry).offer.state
        assert "Clients" == won.gpo


def test_the_root_is_asked_for_its_name() -> None:
    """A report in a comment of another file makes no report of it."""
    begin = report("").decode("utf-16").partition("<GPO")[2].partition(">")[0]
    with pytest.raises(PolicyFileError, match="neither the report of a group policy nor a resulting set"):
        read(f"<!-- <GPO{begin}> --><Other><x/></Other>".encode(), "x.xml")


def test_the_root_is_asked_for_its_namespace() -> None:
    """A root of the right name in another namespace is no report."""
    data = report("").decode("utf-16").replace(' xmlns="http', ' xmlns:z="http', 1).encode("utf-16")
    with pytest.raises(PolicyFileError, match="namespace"):
        read(data, "x.xml")


# ---- hostile XML ---------------------------------------------------------------------------------------------


def refused(data: bytes) -> PolicyFileError:
    with pytest.raises(PolicyFileError) as caught:
        read(data, "x.xml")
    return caught.value


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE GPO>",
        '<!DOCTYPE GPO SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE GPO [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE GPO [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
def test_a_document_type_is_refused(doctype: str) -> None:
    """A document type is refused before anything it names could be looked at (CVE-2018-0878)."""
    data = report(nodes(HELPDESK)).decode("utf-16").replace("<GPO ", f"{doctype}<GPO ", 1).encode("utf-16")
    error = refused(data)

    assert "a document type" in error.message
    assert 2 == error.where.line


def test_an_entity_that_nobody_defined() -> None:
    """An entity without a definition is no well-formed XML."""
    assert "not well-formed" in refused(report("&x;")).message


def test_nesting_has_an_end() -> None:
    """Elements that stand inside each other beyond any report are refused."""
    assert "inside each other" in refused(report("<a>" * 100 + "</a>" * 100)).message


def test_one_piece_of_markup_has_an_end() -> None:
    """A tag that goes on for megabytes is refused before it is read to its end."""
    assert "one piece of markup" in refused(report(f'<a b="{"x" * (3 << 20)}"/>')).message


def test_one_text_has_an_end() -> None:
    """A text that goes on for megabytes is refused."""
    assert "a text of more than" in refused(report(policy_node("x" * (2 << 20), "Enabled"))).message


@pytest.mark.parametrize(
    ("module", "words"), [(gpo_report, "more than 20 policies"), (xml_text, "elements inside one")]
)
def test_policies_have_an_end(module: object, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More policies than any report has, or more elements inside one of them, are refused."""
    monkeypatch.setattr(module, "_MOST", 20)
    many = nodes(HELPDESK) * 11 if module is gpo_report else policy_node("x", "Enabled", list_box(["CORP\\a"] * 20))

    assert words in refused(report(many)).message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_report_without_its_mark(encoding: str) -> None:
    """A report in UTF-16 is read without its byte-order mark too, in either order of the bytes."""
    assert HELPDESK == policy_of(report(nodes(HELPDESK)).decode("utf-16").encode(encoding))


def test_half_a_character() -> None:
    """Bytes that are no UTF-16 are refused with their offset."""
    assert refused(report("x")[:-2] + b"\x00\xd8").where.offset is not None


def test_the_declaration_is_data() -> None:
    """What encoding the declaration names does not matter; the byte-order mark does."""
    text = report(nodes(HELPDESK)).decode("utf-16").replace('encoding="utf-8"', 'encoding="ebcdic-cp-us"')

    assert [HELPDESK] * 2 == [policy_of(text.encode(each)) for each in ("utf-16", "utf-8-sig")]
