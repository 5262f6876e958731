"""The commands by what a person wants: a sentence and an example of each, for help, the page of commands and the manual."""

from collections.abc import Mapping
from typing import Final

from attrs import frozen

DOCUMENTATION: Final = "docs/index.md"
"""Where to read on, in the repository: rasim has no address of its own."""


@frozen
class Offered:
    """A command: what it does, and how it is typed."""

    says: str
    example: str


MENU: Final[Mapping[str, Mapping[str, Offered]]] = {
    "I have a policy": {
        "audit": Offered("Say what policy files mean.", "rasim audit Registry.pol"),
        "explain": Offered(
            "Say why an expert may or may not, and what would change it.",
            'rasim explain Registry.pol --expert "CORP\\anna"',
        ),
        "diff": Offered(
            "Say what a change of policy makes possible and impossible.", "rasim diff before.pol after.pol"
        ),
        "review": Offered("Write what a security review signs, or verify it.", "rasim review Registry.pol -o review"),
        "convert": Offered("Write a policy file in another format.", "rasim convert Registry.pol policy.reg"),
    },
    "I ask what can happen": {
        "run": Offered("Play scenarios.", "rasim run scenario.yaml"),
        "check": Offered("Check every promise in every reachable state.", "rasim check Registry.pol"),
        "explore": Offered(
            "Write a page in which both sides can be stepped through.", "rasim explore scenario.yaml -o page.html"
        ),
        "show": Offered("Show the rules, promises, choices, steps, diagrams.", "rasim show R3"),
        "replay": Offered("Play saved failures again: FIXED or FAILED.", "rasim replay .rasim/failed"),
    },
    "I build remote support": {
        "judge": Offered("Judge recorded traces of any product.", "rasim judge trace.jsonl"),
        "conform": Offered(
            "Try a product behind its adapter, judged by the promises.", "rasim conform my_product.adapter:MyProduct"
        ),
        "learn": Offered(
            "Learn a product's machine, and where it leaves the table's.", "rasim learn my_product.adapter:MyProduct"
        ),
        "new": Offered("Make a folder to begin with.", "rasim new my-scenarios"),
    },
    "I teach": {
        "teach": Offered("Write the slides of a course, with its exercises.", "rasim teach slides -o course"),
    },
    "I share a terminal": {
        "identities": Offered(
            "Make the files by which two sides know each other.", 'rasim identities keys "CORP\\anna"'
        ),
        "host": Offered("Share a terminal, as policy and its user allow.", "rasim host Registry.pol"),
        "expert": Offered("Offer help at a shared terminal.", "rasim expert --as keys/CORP-anna.pem 127.0.0.1:7135"),
    },
    "For the shell": {
        "completion": Offered("Print the script by which a shell completes all this.", "rasim completion bash"),
    },
}
COMMANDS: Final = {name: entry.says for entries in MENU.values() for name, entry in entries.items()}
EXAMPLES: Final = {name: entry.example for entries in MENU.values() for name, entry in entries.items()}
