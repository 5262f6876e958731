"""The slides of the course: how they are written, what is made of them, and that they say what is so."""

import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.errors import InputError, UsageError
from rasim.protocol.rules import table
from rasim.teach.lessons import (
    COURSE_LESSONS,
    course_files,
    course_lesson,
    lesson_called,
    load_lesson,
    read_lesson,
    shipped,
)
from rasim.testing import Recorder, assert_kept
from rasim.verify.promises.catalogue import PROMISES
from rasim.web.page import asset
from rasim.web.slides import slides_page

TOP = Path(__file__).parents[3]
FOLDER = TOP / "rasim" / "teach" / "course"
sys.path.insert(0, str(TOP / "tests" / "house"))
import shown  # noqa: E402  (how every page's commands are held)

LESSONS = [pytest.param(name, id=name) for name in COURSE_LESSONS]
LONG = re.compile(r"rasim (check|conform|learn)\b")  # explores for a second or more
COMMANDS = [
    pytest.param(command, id=f"{name}:{command}", marks=[pytest.mark.exhaustive] if LONG.match(command.command) else [])
    for name in COURSE_LESSONS
    for command in shown.commands(shipped(f"{name}.md"))
]
HEAD = "---\ntitle: Mine\nlearn: [how]\nshows: [O3]\nexplorer: view\n---\n"


def mine(slide: str) -> str:
    """Return the page of a lesson with this on its second slide."""
    return slides_page(
        read_lesson(f"{HEAD}\n# First (1 min)\n\nWords.\n\n---\n\n## Second (2 min)\n\n{slide}\n", "mine.md")
    )


# ---- the six lessons -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_takes_half_an_hour(name: str) -> None:
    """Its slides come to thirty minutes, none takes more than five, and there are ten to fourteen of them."""
    lesson = course_lesson(name)

    assert 30 == lesson.minutes == lesson.ends[-1]
    assert 10 <= len(lesson.slides) <= 14
    assert max(slide.minutes for slide in lesson.slides) <= 5


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_what_a_lesson_needs(name: str) -> None:
    """It begins with a question to the class, shows the explorer, sets exercises, says what it does not say, and ends with a summary."""
    lesson = course_lesson(name)
    titles = [slide.title for slide in lesson.slides]

    assert lesson.slides[0].shown.text.strip().startswith("> ")
    assert lesson.explorer in re.findall(r'name: "(\w+)"', asset("lessons.js"))
    assert any(f"explorer.html#g={lesson.explorer}" in slide.shown.text for slide in lesson.slides)
    assert ["Exercises", "What this does not say", "To take home"] == titles[-3:]
    assert sum(bool(slide.notes.text.strip()) for slide in lesson.slides) >= len(lesson.slides) - 3


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_lesson_shows_is_there(name: str) -> None:
    """The promises and rows that it names are those of rasim."""
    assert set(course_lesson(name).shows) <= {*(each.name for each in PROMISES), *(row.id for row in table().rows)}


@pytest.mark.parametrize("name", LESSONS)
def test_a_page_is_small_and_asks_nobody(name: str) -> None:
    """It is made the same twice, has less than 200 kB, loads nothing, and lets its one script and style run by their hashes."""
    text = slides_page(course_lesson(name))

    assert text == slides_page(course_lesson(name))
    assert len(text.encode()) < 200_000
    assert "default-src 'none'" in text
    assert re.findall(r'(?:src|href)="(?!data:|#|explorer\.html|\d-[\w-]+\.html")', text) == []
    assert not re.search(r"\son\w+=|\sstyle=", re.sub(r"<script>.*</script>", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_slide_shows_is_printed(command: shown.Shown, tmp_path: Path) -> None:
    """A command on a slide prints what the slide shows of it, in the folder that the class has."""
    for name, data in course_files():
        (tmp_path / name).write_bytes(data)

    shown.hold(command, tmp_path)


@pytest.mark.parametrize("name", LESSONS)
def test_python_on_a_slide_runs(name: str) -> None:
    """Python that a slide shows runs, with what is named of rasim at hand."""
    for block in shown.blocks(shipped(f"{name}.md"), "python"):
        exec(compile(block.text, name, "exec"), {"Recorder": Recorder, "assert_kept": assert_kept})  # noqa: S102  (our own slide)


# ---- how slides are written ----------------------------------------------------------------------------------


def test_what_is_markup_elsewhere_is_text_here() -> None:
    """HTML in a lesson is shown as it was typed."""
    assert "<b>" not in mine("<b>bold</b> and *so*").partition("<main>")[2]
    assert "&lt;b&gt;bold" in mine("<b>bold</b> and *so*")


def test_a_rule_in_a_fence_divides_nothing() -> None:
    """What looks like a rule inside a fence is a line of it."""
    assert 2 == len(
        read_lesson(f"{HEAD}# A (1 min)\n\n````text\n```\n---\n````\n\n---\n# B (1 min)\n", "mine.md").slides
    )


def test_notes_are_for_the_teacher() -> None:
    """What follows `Notes:` stands in the notes of its slide and not on it."""
    lesson = read_lesson(f"{HEAD}# First (1 min)\n\nSaid.\n\nNotes:\n\nRead.\n", "mine.md")
    (slide,) = lesson.slides

    assert ("Said.", "Read.") == (slide.shown.text.strip(), slide.notes.text.strip())
    assert '<aside class="notes"' in slides_page(lesson)


@pytest.mark.parametrize(
    ("slide", "says"),
    [
        ("[out](https://example.org)", "not to https://example.org"),
        ("[there](explorer.html#g=nowhere)", "not to explorer.html#g=nowhere"),
        ("[there](#9)", "no slide 9"),
        ("```sequence no.yaml\n```", "no such file of the course: no.yaml"),
        ("```sequence two-clicks.yaml later\n```", "number of its first message"),
        ("```file ../../lessons.py\n```", "names no file of the course"),
        ("```promises\nsilence_refuse\n```", "silence_refuses"),
        ("```rows\nO33\n```", "no row"),
    ],
)
def test_a_mistake_has_its_place(slide: str, says: str) -> None:
    """What is not there, or leads elsewhere, is said with the line of the lesson."""
    with pytest.raises(InputError, match=re.escape(says)) as caught:
        mine(slide)

    assert 16 == caught.value.problems[0].where.line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# A (1 min)\n", "mine.md:1: no lesson"),
        (f"{HEAD}Words.\n", "mine.md:7: a slide begins with its heading"),
        (f"{HEAD}# A\n", "mine.md:7: a slide begins with its heading"),
        (HEAD.replace("title", "titel") + "# A (1 min)\n", "unknown word in a lesson `titel`"),
        (HEAD.replace("explorer: view\n", "") + "# A (1 min)\n", "a lesson has `explorer`"),
        ("---\n---\n# A (1 min)\n", "no lesson"),
    ],
)
def test_no_lesson_says_why(text: str, says: str) -> None:
    """A text that is no lesson says what is missing, and where."""
    with pytest.raises(InputError, match=re.escape(says)):
        read_lesson(text, "mine.md")


# ---- the command ---------------------------------------------------------------------------------------------


def test_the_course_is_written_with_all_it_needs(tmp_path: Path) -> None:
    """The folder has the lessons, the explorer and the files of the exercises, and every link of a lesson leads to one of them."""
    done = CliRunner().invoke(rasim, ["teach", "slides", "-o", str(tmp_path / "course")])
    pages = {name: (tmp_path / "course" / f"{name}.html").read_text("utf-8") for name in COURSE_LESSONS}
    links = {to.partition("#")[0] for text in pages.values() for to in re.findall(r'<a href="([^"#][^"]*)"', text)}

    assert 0 == done.exit_code
    assert {"explorer.html", *(f"{name}.html" for name in COURSE_LESSONS), "files"} == {
        each.name for each in (tmp_path / "course").iterdir()
    }
    assert links <= {"explorer.html", *(f"{name}.html" for name in COURSE_LESSONS)}
    assert {name for name, _ in course_files()} == {each.name for each in (tmp_path / "course" / "files").iterdir()}


def test_one_lesson_goes_where_one_says(tmp_path: Path) -> None:
    """One lesson is written by its number into a file, and by its name to standard output; a folder does not go there."""
    run = CliRunner().invoke
    told = run(rasim, ["teach", "slides", "2-two-clicks", "-o", "-"])
    run(rasim, ["teach", "slides", "2", "-o", str(tmp_path / "two.html")])

    assert told.stdout == (tmp_path / "two.html").read_text("utf-8") == slides_page(course_lesson("2-two-clicks"))
    assert isinstance(run(rasim, ["teach", "slides", "-o", "-"]).exception, UsageError)
    assert isinstance(run(rasim, ["teach", "slides", "9", "-o", "-"]).exception, UsageError)


def test_a_lesson_of_ones_own_shows_files_beside_it(tmp_path: Path) -> None:
    """A lesson that somebody wrote shows a file that stands beside it, and else one of the course."""
    path = tmp_path / "mine.md"
    (tmp_path / "own.txt").write_text("my own file", encoding="utf-8")
    path.write_text(f"{HEAD}# A (1 min)\n\n```file own.txt\n```\n\n```file one-click.yaml\n```\n", encoding="utf-8")
    text = slides_page(load_lesson(str(path)))

    assert "my own file" in text
    assert "one click gives the view" in text
    assert lesson_called(str(path)) is None


def test_every_file_of_the_course_is_used() -> None:
    """Each file that the class gets stands on a slide or in an exercise."""
    texts = [shipped(f"{name}.md") for name in COURSE_LESSONS]
    texts += [page.read_text("utf-8") for page in (TOP / "docs" / "course").rglob("*.md")]

    assert [] == [name for name, _ in course_files() if not any(name in text for text in texts)]
