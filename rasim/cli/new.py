"""`rasim new NAME`: a folder to begin with, holding a policy, a scenario that passes, and its twin that fails."""

import re
from pathlib import Path
from typing import Final

import click

from rasim.errors import UsageError

POLICY: Final = r"""Windows Registry Editor Version 5.00

; Who may offer help, and what they may do: the group Helpdesk of the domain CORP, view only.
[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services]
"fAllowUnsolicited"=dword:00000001
"fAllowUnsolicitedFullControl"=dword:00000000

[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\RAUnsolicit]
"CORP\\Helpdesk"="CORP\\Helpdesk"
"""

SCENARIO: Final = r"""# rasim scenario
# {comment}
rasim: 1
scenario: {claim}
policy: {{files: [policy.reg]}}
groups: {{'CORP\Helpdesk': ['CORP\anna']}}
people:
  anna: {{account: 'CORP\anna'}}
  bob: {{account: 'CORP\bob', uses: s1}}
computer: {{os: windows-xp-sp2}}
firewall: {{135 tcp: open, helpsvc: allowed, helpctr: allowed, sessmgr: allowed}}
steps:
- anna: offers help to bob
- expect: {{bob: asked about anna, port 3389: closed}}
- bob: accepts
- expect: {{anna: view only, port 3389: open}}
- anna: tries to ask for control
- expect: {{last: refused, because: fAllowUnsolicitedFullControl}}
- bob: ends
- expect: {{anna: {end}, port 3389: closed}}
"""

README: Final = """# {name}

| file | what it is |
|---|---|
| `policy.reg` | a policy: who may offer help, and what helpers may do |
| `consent.yaml` | a scenario that passes |
| `consent-bad.yaml` | the same with one wrong expectation: it fails, and says where and why |

    rasim run {name}                # one passes, one fails
    rasim audit {name}/policy.reg
    rasim explain {name}/policy.reg --expert 'CORP\\anna' --member-of 'CORP\\Helpdesk'
    rasim check {name}/policy.reg   # what nobody can do under this policy, in any order of events

Change `fAllowUnsolicitedFullControl` to 1 in `policy.reg` and run the scenarios again.
"""


def files_of(name: str) -> dict[str, str]:
    """Return the starter's files by name."""
    good = SCENARIO.format(
        comment="Accepting gives the view and nothing more; where policy says view only, control is not even asked for.",
        claim="a helper of the helpdesk sees the screen after the user accepts, and never controls",
        end="nothing",
    )
    bad = SCENARIO.format(
        comment="The bad twin: its last line expects that the expert still views after the user ended.",
        claim="a helper goes on viewing after the user ended (wrong on purpose)",
        end="view only",
    )
    return {"policy.reg": POLICY, "consent.yaml": good, "consent-bad.yaml": bad, "README.md": README.format(name=name)}


@click.command()
@click.argument("name", metavar="NAME")
def new(name: str) -> None:
    """Make a folder NAME with a policy, a scenario that passes and its twin that fails.

    Nothing that exists is touched. Exit code: 0 made, 2 the name cannot be a folder's or is taken.
    """
    if not re.fullmatch(r"[^\W_][\w.-]{0,63}", name):
        raise UsageError(f"{name!r} is no name for a folder: letters, digits, dots and - only")
    folder = Path(name)
    try:
        folder.mkdir()
    except FileExistsError:
        raise UsageError(f"{name} exists already: nothing was changed") from None
    except OSError as error:
        raise UsageError(f"{name} cannot be made: {(error.strerror or 'unknown reason').lower()}") from None
    for file, text in files_of(name).items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"made  {name}/{file}")
    click.echo(f"next: rasim run {name}")
