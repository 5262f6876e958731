"""`rasim review POLICY... -o DIR`, `rasim review --verify DIR`: the document that a security review signs, and its leaves run again."""

from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rasim.cli.advised import AdvisedCommand
from rasim.cli.options import report_files
from rasim.errors import UsageError
from rasim.words import printable

if TYPE_CHECKING:
    from rasim.review.leaves import Ask, CommandOutput


@click.command(cls=AdvisedCommand)
@click.argument("policies", nargs=-1, metavar="[POLICY]...", type=click.Path(readable=False))
@click.option("-o", "--output", metavar="DIR", help="The folder to make; it must not be there, or be empty.")
@click.option("--verify", metavar="DIR", help="Run every leaf of a review again, and name what changed.")
@report_files.formats()
@click.pass_context
def review(
    ctx: click.Context,
    policies: tuple[str, ...],
    output: str | None,
    verify: str | None,
    form: str,
    whole: bool,
    reports: tuple[str, ...],
) -> None:
    """Write the one document to hand to a security review.

    It says what is configured and where that stands, who can do what, by which roads, which promises are kept, what was explored and what is
    not covered, as Markdown, HTML, and PDF where there is a Chromium. Each claim rests on a command whose answer stands in the folder
    with its hash; the inputs are copied, lowest precedence first. Exit code: 0 all claims hold, or nothing has changed; 1 a claim does
    not hold, or something changed; 2 a file cannot be read; 3 a claim cannot be told.
    """
    if (
        (output is None) is (verify is None)
        or (verify is not None and policies)
        or (output is not None and not policies)
    ):
        raise UsageError(
            "say what to review and where to write it, rasim review POLICY -o DIR, or rasim review --verify DIR"
        )
    wanted = report_files.reports_of(reports, form, policies)
    if verify is not None:
        from rasim.report.outputs import Answer
        from rasim.review.verify import verified, verified_document

        found = verified(Path(verify), _asking(Path(verify)))
        shown = Answer(lambda: verified_document(found), found.as_json)
        report_files.show_answer(shown, form, wanted, whole=whole)
        ctx.exit(int(found.exit_code))
    _build(ctx, policies, Path(str(output)), form, wanted, whole=whole)


def _build(
    ctx: click.Context,
    policies: Sequence[str],
    target: Path,
    form: str,
    wanted: Sequence[report_files.Report],
    *,
    whole: bool,
) -> None:
    from rasim.cli.options.policy_files import policy_of
    from rasim.report.outputs import Answer
    from rasim.review.build import copy_inputs, must_be_new, put_in_place, reviewed, write_review
    from rasim.review.claims import verdict_of

    must_be_new(target, policies)
    policy_of(tuple(policies), None, None, ())  # so that an error names what was given, and not its copy
    with _made_beside(target) as made:
        copy_inputs(policies, made)
        found = reviewed(made, _asking(made))
        manifest = write_review(found, made, _pdf(found.pages()["review.html"]))
        put_in_place(made, target)
    report_files.show_answer(Answer(lambda: found.document, lambda: manifest), form, wanted, policies, whole=whole)
    click.echo(
        f"rasim: written to {printable(str(target))}; again with: rasim review --verify {printable(str(target))}",
        err=True,
    )
    ctx.exit(int(verdict_of(found.claims)))


@contextmanager
def _made_beside(target: Path) -> Iterator[Path]:
    from tempfile import TemporaryDirectory

    from rasim.cli.files import make_folder

    parent = target.resolve().parent
    make_folder(parent)
    try:
        beside = TemporaryDirectory(prefix=f".{target.name}-", dir=parent)
    except OSError as error:
        raise UsageError(f"{printable(str(parent))}: cannot be written: {error.strerror or error}") from None
    with beside as folder:
        made = Path(folder, "review")
        made.mkdir()
        yield made


def _pdf(page: bytes) -> bytes | None:
    """Return the page as PDF; None, and a line why, where it cannot be printed."""
    from tempfile import TemporaryDirectory

    from rasim.review.pdf import browser_found, print_page

    browser = browser_found()
    if browser is None:
        click.echo("rasim: no review.pdf: there is no Chromium to print it", err=True)
        return None
    with TemporaryDirectory(prefix="rasim-review-") as folder:
        html = Path(folder, "review.html")
        html.write_bytes(page)
        try:
            return print_page(html, browser)
        except OSError as error:
            click.echo(f"rasim: no review.pdf: {printable(str(error))}", err=True)
            return None


def _asking(folder: Path) -> "Ask":
    """Return what runs a command of rasim in a folder, in this process."""
    from rasim.cli.main import run_line
    from rasim.review.leaves import CommandOutput

    def ask(arguments: Sequence[str]) -> "CommandOutput":
        out, err = StringIO(), StringIO()
        with chdir(folder), redirect_stdout(out), redirect_stderr(err):
            code = run_line(arguments)
        return CommandOutput(int(code), out.getvalue(), err.getvalue())

    return ask
