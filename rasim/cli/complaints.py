"""What is wrong with files, on standard error: a line each for the first of them, then how many more; thousands would bury the answer."""

from typing import Final

import click
from attrs import define

from rasim.words import printable

_MOST: Final = 5


@define
class Complaints:
    """Lines about files; those after the first few are counted."""

    many: int = 0

    def add(self, error: object) -> None:
        """Print what is wrong with one file, unless too many were printed before."""
        if self.more_fit:
            click.echo(f"rasim: {printable(str(error))}", err=True)
        self.many += 1

    @property
    def more_fit(self) -> bool:
        """Whether the next one will be printed."""
        return self.many < _MOST

    def end(self, those: str = "--format json") -> None:
        """Print how many more there were, and what has them."""
        if self.many > _MOST:
            click.echo(f"rasim: and {self.many - _MOST:,} more: {those} has each", err=True)
