r"""The directory as told: where group policies are linked, who is in which group, and files merged as a computer gets them.

    merged = merge_by_links([Given("a.pol", data), ...], read_links(links))
    merged.policy, merged.won
    members = read_members(csv, "helpdesk.csv", r"CORP\Helpdesk")

Nothing is looked up, and nothing here opens a file.
"""

from rasim.directory.links import links_at, read_links
from rasim.directory.members import read_members
from rasim.directory.merging import (
    Given,
    Layer,
    Merged,
    Source,
    merge_at,
    merge_by_links,
    merge_in_order,
    passes_over,
    read_alone,
)
from rasim.doors import doors

__all__ = [
    "Given",
    "Layer",
    "Merged",
    "Source",
    "links_at",
    "merge_at",
    "merge_by_links",
    "merge_in_order",
    "passes_over",
    "read_alone",
    "read_links",
    "read_members",
]

Step = Layer  # as it was called up to 0.2; who imports it by this name still can

doors(globals())
