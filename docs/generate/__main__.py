"""Writes the pages, or those named: `python -m docs.generate [NAME...]`."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from docs.generate.benchmarks import MEASURED, benchmarks_page, plot
from docs.generate.commands import commands_page
from docs.generate.examples import EXAMPLES, example_picture, examples_page
from docs.generate.front import two_clicks
from docs.generate.manual import manual_page
from docs.generate.products import products_page
from docs.generate.promises import promises_page
from docs.generate.recorder import recorder_stub
from docs.generate.rooms import architecture_page, floors_svg
from docs.generate.rules import choices_page, diagram, matrix_page, rules_page
from docs.generate.schemas import mapping_file, scenario_file, trace_file
from docs.generate.source import source_page
from docs.generate.sources import sources_data
from docs.generate.words import scenario_words_page, trace_lines_page

REFERENCE: Final = Path(__file__).parents[1] / "reference"
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "rules.md": rules_page,
    "promises.md": promises_page,
    "scenario-words.md": scenario_words_page,
    "trace-lines.md": trace_lines_page,
    "source.md": source_page,
    "matrix.md": matrix_page,
    "choices.md": choices_page,
    "diagram.svg": diagram,
    "commands.md": commands_page,
    "rasim.1": manual_page,
    "../../rasim/testing/events.pyi": recorder_stub,
    "../../rasim/scenario/scenario.schema.json": scenario_file,
    "../../rasim/protocol/trace.schema.json": trace_file,
    "../../rasim/interop/mapping.schema.json": mapping_file,
    "../../rasim/report/lookup/sources.json": sources_data,
    "../explanation/floors.svg": floors_svg,
    "../explanation/architecture.md": architecture_page,
    "../products/index.md": products_page,
    "../pictures/two-clicks.svg": two_clicks,
    "../explanation/benchmarks.md": benchmarks_page,
    **{f"../pictures/benchmarks/{each['name']}.svg": partial(plot, each) for each in MEASURED},
    "../by-example.md": examples_page,
    **{f"../pictures/by-example/{each.name}.svg": partial(example_picture, each) for each in EXAMPLES},
}


def main(names: list[str]) -> None:
    """Write the pages of these names; without any, all."""
    for name in names or PAGES:
        (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
