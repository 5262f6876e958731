"""`rasim teach`: what a teacher needs. `rasim teach slides -o FOLDER` writes the course, each lesson one page of slides that opens from disk."""

from pathlib import Path

import click

from rasim.cli.files import make_folder, must_be_writable, write_whole
from rasim.cli.menu import DOCUMENTATION, EXAMPLES
from rasim.errors import UsageError
from rasim.words import printable


class _TeachGroup(click.Group):
    """The commands of a teacher; its help ends as that of every command does."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's signature)
        formatter.write_paragraph()
        formatter.write(f"Example: {EXAMPLES['teach']}\nMore: {DOCUMENTATION}\n")


@click.group(cls=_TeachGroup)
def teach() -> None:
    """Write what a class needs: the slides of six lessons, with the files of their exercises."""


@teach.command()
@click.argument("lesson", required=False)
@click.option(
    "-o", "--output", metavar="FOLDER|FILE", required=True, help="Where to write; of one LESSON - is standard output."
)
def slides(lesson: str | None, output: str) -> None:
    """Write the slides of the course into a folder, or of one LESSON into a file.

    LESSON is its number, or a Markdown file of your own that is written as the lessons are. Each lesson is one HTML file that opens
    from disk and asks nobody for anything: arrows turn the slides, n shows the notes, and printed a slide is a page. The folder has
    the explorer beside them, which they link to, and the files of the exercises. Exit code: 0 written, 2 a lesson cannot be read.
    """
    from rasim.teach.lessons import course_lesson, lesson_called, load_lesson
    from rasim.web.slides import slides_page

    if lesson is None:
        _write_course(output)
        return
    if output != "-":
        must_be_writable(output)
    name = lesson_called(lesson)
    text = slides_page(load_lesson(lesson) if name is None else course_lesson(name))
    if output == "-":
        click.echo(text, nl=False)
    else:
        write_whole(output, text.encode())
        click.echo(f"rasim: wrote {printable(output)}; open it in a browser", err=True)


def _write_course(folder: str) -> None:
    """Write the course into a folder: its lessons, the explorer that they link to, the files of the exercises."""
    from rasim import __version__
    from rasim.teach.lessons import COURSE_LESSONS, course_files, course_lesson
    from rasim.web.page import page
    from rasim.web.slides import EXPLORER, slides_page

    if folder == "-":
        raise UsageError("the course is several files: name a folder, or one lesson for standard output")
    top = Path(folder)
    make_folder(top / "files")
    for name in COURSE_LESSONS:
        write_whole(str(top / f"{name}.html"), slides_page(course_lesson(name)).encode())
    write_whole(str(top / EXPLORER), page({"version": __version__}).encode())
    for name, data in course_files():
        write_whole(str(top / "files" / name), data)
    click.echo(f"rasim: wrote the course to {printable(folder)}; begin with {COURSE_LESSONS[0]}.html", err=True)
