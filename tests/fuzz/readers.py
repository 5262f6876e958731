"""Attack every reader with mutated inputs: `python tests/fuzz/readers.py [COUNT] [SEED] [READER...]`.

A script whose routine run is small (tests/fuzz/test_readers.py) and whose count is a parameter: a million for each reader
takes minutes. Mutations know structure: they cut, repeat and swap records, lines and elements, replace numbers, lengths,
names and quotes by others of their kind, and flip bytes. What has to come out is a value or a typed error inside the file;
never another exception, never much work for one small input, never a file opened or a connection made.
Every reader is attacked through its own door, and half of the inputs through recognition as well. A failure prints the
seed and number that make it again.
"""

import codecs
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

from attrs import frozen

sys.path.insert(0, str(Path(__file__).parents[1]))
from mdm_forms import in_mdm_forms
from reports import firewall_nodes, nodes, ranked, report, results

from rasim.directory.links import read_links
from rasim.directory.members import read_members
from rasim.errors import RasimError
from rasim.formats import Remarks, lgpo_text, read, read_adml, reg_text, registry_pol
from rasim.formats.gpo_folder import read_gpo
from rasim.inputs import text_of
from rasim.interop.logs import read_log, read_mapping
from rasim.policy import NAMED, Firewall, Policy, policy_to_entries, read_policy
from rasim.policy.firewall_rules import parse_rule

MOST = 100_000  # calls and returns for one input of a few kilobytes; the worst of 400 takes a third of it
POLICY = Policy.of(
    offer="enabled",
    mode="control",
    helpers=[r"CORP\Helpdesk", r"dns.corp\Tier 1"],
    solicited="disabled",
    logging="enabled",
    firewall=Firewall.of(
        ports=[NAMED["135 tcp"]],
        programs=[NAMED["sessmgr"]],
        rules=[("r", "v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|LPort=135|")],
    ),
)
ENTRIES = policy_to_entries(POLICY)
MDM = in_mdm_forms(POLICY)
REPORT = report(nodes(POLICY) + firewall_nodes(POLICY.firewall), links="<LinksTo><SOMPath>x</SOMPath></LinksTo>")
RULES = "".join(
    f"<ComputerConfig><Key>{entry.key}</Key><Value>{entry.name or '**delvals.'}</Value><RegType>REG_SZ</RegType>"
    f"<RegData>x</RegData><PolicyName>{number % 2}</PolicyName></ComputerConfig>\n"
    for number, entry in enumerate(ENTRIES)
)
ADML = (
    '<policyDefinitionResources><string id="RA_Unsolicit">x</string>'
    '<presentation id="y"><listBox/></presentation></policyDefinitionResources>'
)
NOTE = "<BackupInst><GPOGuid>{1}</GPOGuid><GPODisplayName><![CDATA[x]]></GPODisplayName></BackupInst>"
MEMBERS = (
    'distinguishedName,SamAccountName,objectClass\n"CN=A,DC=x,DC=y",a,group\n',
    '[{"distinguishedName": "CN=A,DC=x", "SamAccountName": "a", "objectClass": ["top", "user"]}]',
    "version: 1\n\ndn: CN=G,DC=x\nobjectClass: group\nsAMAccountName: g\nmember: CN=A,\n DC=x\nobjectSid:: AQE=\n",
)
LINKS = "links: 1\ncontainers:\n- {domain: x, gpos: [{gpo: a, enforced: yes}, b]}\n- {ou: y, blocks inheritance: no}\n"
MAPPING = """rasim mapping: 1
format: {format}
records: [time]
time: {{from: "{{at}}", unit: ms}}
ids: {{visit: "{{who}}"}}
begin: [logged_on: {{session: s, by: bob}}]
lines:
- {{when: {when}, begins: [visit], write: [ended: {{connection: "{{visit}}", reason: "{{why}}"}}]}}
end: true
"""
LOGS = {
    form: (read_mapping(MAPPING.format(format=form, when=when)), log)
    for form, when, log in (
        ("text", '"{at} {who} left: {why}"', "7 anna left: user\n9 bob left: expert\n"),
        ("csv", '{what: [left, "{x...}"]}', 'at,who,what,why\n7,anna,left,user\n9,"b ""o"" b",left,expert\n'),
        ("json lines", "{what: left}", '{"at": 7, "what": "left", "who": "anna", "why": "user"}\n' * 2),
    )
}


def logs(data: bytes) -> None:
    """Read a log by the mapping of the kind that it begins like."""
    form = {b"{": "json lines", b"a": "csv"}.get(data[:1], "text")
    list(read_log(text_of(data).splitlines(keepends=True), LOGS[form][0], "x"))


def whole(data: bytes) -> None:
    """Read a file by its content and take what it means."""
    read_policy(read(data, "x").registry)


def folder(data: bytes) -> None:
    """Read a backup in which one part after the other is this; the last error is raised if none can be read."""
    parts = ("DomainSysvol/GPO/Machine/registry.pol", "bkupInfo.xml", "Backup.xml", "gpreport.xml")
    errors = []
    for name in parts:
        try:
            read_gpo("x", {name: (name, data)})
        except RasimError as error:
            errors.append(error)
    if len(errors) > 2:  # a note that lists files can be any text
        raise errors[-1]


@frozen
class Reader:
    """A reader under attack: what reads, and what is mutated."""

    attack: Callable[[bytes], object]
    samples: tuple[bytes, ...]


def _through(parse: Callable[..., Iterator[object]]) -> Callable[[bytes], object]:
    return lambda data: sum(1 for _ in parse(data, "x", Remarks()))


READERS = {
    "Registry.pol": Reader(_through(registry_pol.parse), (registry_pol.render(ENTRIES),)),
    ".reg": Reader(
        _through(reg_text.parse),
        (reg_text.render(ENTRIES), b'REGEDIT4\n[HKLM\\K]\n"a"=hex(7):41,\\\n 00\n@=-\n[-HKCU\\x]\n'),
    ),
    "LGPO text": Reader(_through(lgpo_text.parse), (lgpo_text.render(ENTRIES),)),
    "GPO report": Reader(whole, (REPORT, REPORT.decode("utf-16").encode())),
    "gpresult": Reader(
        whole, (results(nodes(POLICY, rank=ranked(1, "A")) + nodes(POLICY, rank=ranked(2, "B")), gpos={"A": "x"}),)
    ),
    "PolicyRules": Reader(whole, (f"<PolicyRules>\n{RULES}</PolicyRules>".encode(),)),
    "ADML": Reader(lambda data: read_adml(data, "x"), (ADML.encode(),)),
    "GPO folder": Reader(folder, (NOTE.encode(), registry_pol.render(ENTRIES), REPORT)),
    "members": Reader(lambda data: read_members(data, "x", r"CORP\G"), tuple(each.encode() for each in MEMBERS)),
    "links": Reader(lambda data: read_links(data, "x"), (LINKS.encode(),)),
    "mapping": Reader(
        lambda data: read_mapping(text_of(data, "x"), "x"),
        (MAPPING.format(format="csv", when='{what: [left, "{x...}"]}').encode(),),
    ),
    "log": Reader(logs, tuple(log.encode() for _, log in LOGS.values())),
    "firewall rule": Reader(
        lambda data: parse_rule("x", data.decode("latin-1")), (POLICY.firewall.rules[0].text.encode(),)
    ),
    **{
        form: Reader(whole, samples)
        for form, samples in (
            ("Intune profile", (MDM["Intune profile"], MDM["Intune profile, custom"])),
            ("SyncML", (MDM["SyncML"],)),
            ("MDM report", (MDM["MDM report"],)),
            ("PolicyManager", (MDM[".reg"], MDM[".reg"].decode("utf-16").encode())),
        )
    },
}

MARKS = (
    b"[",
    b"]\0[\0",
    b";\0",
    b"\0\0",
    b"\n",
    b"\r\n",
    b"<",
    b"</",
    b">",
    b"&",
    b"&#0;",
    b"]]>",
    b"<![CDATA[",
    b"{",
    b"}",
    b",",
    b'"',
    b"\\",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
)
WORDS = (
    b"<!DOCTYPE x>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b'<?xml version="1.0" encoding="utf-7"?>',
    b"**delvals.",
    b"**",
    b"dword:",
    b"hex(2):",
    b"DELETE",
    b'"settingInstance": ',
    b"<disabled/>",
    "\uf000".encode(),
)
NUMBERS = (0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFE)


def mutate(sample: bytes, chance: random.Random) -> bytes:
    """Return the sample with one to four changes that know its structure."""
    data = bytearray(sample)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data) + 1)
        other = min(len(data), place + chance.choice((1, 2, 4, 8, 64)))
        kind = chance.randrange(8)
        if kind == 0:
            data[place:other] = b""
        elif kind == 1:
            data[place:place] = data[place:other]
        elif kind == 2:
            data[place:place] = chance.choice(MARKS)
        elif kind == 3:
            data[place:place] = chance.choice(WORDS)
        elif kind == 4:
            data[place : place + 4] = chance.choice(NUMBERS).to_bytes(4, "little")
        elif kind == 5 and data:
            data[place % len(data)] = chance.randrange(256)
        elif kind == 6:
            del data[place:]
        else:  # two stretches change places: a record, a line, an element
            far = chance.randrange(len(data) + 1)
            first, second = sorted((place, far))
            middle = (first + second) // 2
            data[first:second] = data[middle:second] + data[first:middle]
    return bytes(data)


class EscapedError(Exception):
    """A reader opened a file or a connection, or does not come to an end."""


_WATCHED = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHED and (event == "open" or event.startswith(("socket.", "subprocess.", "os.", "urllib."))):
        raise EscapedError(f"{event} {arguments!r}")


class Work:
    """Counts the calls and returns of a reading, and ends it when they are too many: seconds would tell of the machine."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, *_: object) -> None:
        """Count one more."""
        self.done += 1
        if self.done > MOST:
            raise EscapedError(f"more than {MOST:,} calls and returns")


def attack(name: str, count: int, seed: int) -> Counter[str]:
    """Attack one reader and return how often it gave a value and how often a typed error.

    Raises:
        AssertionError: something else came out, or it took too much work; with what makes it again.

    """
    global _WATCHED  # noqa: PLW0603  (an audit hook cannot be taken back, so it is switched)
    reader, chance, answers = READERS[name], random.Random(seed), Counter[str]()  # noqa: S311
    for number in range(count):
        data = mutate(chance.choice(reader.samples), chance)
        _WATCHED = True
        sys.setprofile(Work())
        try:
            (whole if number % 2 and name in _RECOGNISED else reader.attack)(data)
            answers["value"] += 1
        except RasimError as error:
            answers["typed error" if str(error) else "error without a word"] += 1
        except BaseException as error:
            _WATCHED = False
            raise AssertionError(f"{name}, seed {seed}, number {number}: {error!r} from {data!r}") from error
        finally:
            sys.setprofile(None)
            _WATCHED = False
    return answers


def _warm_up() -> None:
    """Read every sample once as it is: what Python imports for that (codecs, parsers) is not opened by a mutated one."""
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "ascii", "latin-1", "idna"):
        codecs.lookup(encoding)
    for name, reader in READERS.items():
        for sample in reader.samples:
            for form in (sample, b"\xff\xfe" + sample, b"<\0" + sample, b"; \xe9\n" + sample, sample[:-3]):
                for read_it in (reader.attack, *([whole] if name in _RECOGNISED else [])):
                    with suppress(RasimError):
                        read_it(form)


_RECOGNISED = frozenset({"Registry.pol", ".reg", "LGPO text"})
_warm_up()
sys.addaudithook(_watch)


def main() -> None:
    """Attack the readers named, or all of them."""
    count, seed = (int(given or usual) for given, usual in zip_longest(sys.argv[1:3], (10_000, 1)))
    for name in sys.argv[3:] or READERS:
        began = time.perf_counter()
        answers = attack(name, count, seed)
        seconds = time.perf_counter() - began
        said = ", ".join(f"{number} {answer}s" for answer, number in sorted(answers.items()))
        print(f"{name}: {count} inputs, {said}; {count / seconds:,.0f} a second", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
