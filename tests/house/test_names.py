"""Public names: each stands in one module, so that a name read anywhere in the package means one thing."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

RASIM = Path(__file__).parents[2] / "rasim"
SHARED = {
    "parse render": "formats and renderers: each module is one of them, and all have the same doors",
    "answer as_json document exit_code": "answers: what one of them can be asked, every other can",
    "audit check explain explore judge learn run": "a command is called as people call it, and so is the function behind it",
    "option options": "what a module adds to the command line of whoever takes it",
    "expand returns": "the two loops of an engine, in numpy and compiled: one is put in place of the other",
    "Kind Change Finding Step": "the door of a package still answers to what something in it was called up to 0.2",
    "Table": "of the rules and of a document: every module knows one of them, and there is no better word for either",
}
"""Names that stand in several modules, and why they may."""


def _names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def _in_several() -> dict[str, list[str]]:
    modules = defaultdict(list)
    for path in sorted(RASIM.rglob("*.py")):
        if not {"template", "course"} & set(path.parts):
            for name in set(_names(ast.parse(path.read_text("utf-8")))):
                if not name.startswith("_"):
                    modules[name].append(path.relative_to(RASIM).as_posix())
    return {name: where for name, where in modules.items() if len(where) > 1}


def test_a_public_name_stands_in_one_module() -> None:
    """No public name is defined in two modules, but for those that are listed with a reason."""
    listed = {name for names in SHARED for name in names.split()}

    assert {} == {name: where for name, where in _in_several().items() if name not in listed}


def test_no_exception_outlives_its_reason() -> None:
    """Each name that may stand in several modules does."""
    assert set() == {name for names in SHARED for name in names.split()} - set(_in_several())
