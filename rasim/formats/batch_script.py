r"""Batch files (.bat, .cmd): what their `reg` lines would set if they were run. `parse`.

    reg add "HKLM\…" /v fAllowUnsolicited /t REG_DWORD /d 0 /f     told for certain
    if exist x reg add …      for %%i in (…) do reg add …          counts perhaps, with the line
    call other.bat            %TOOL%          reg import x.reg     may set anything

Nothing is run, expanded or fetched. Lines are divided as cmd divides them: quotes, `^`, `&`, `&&`, `||`, `|`, redirections, blocks.
A variable that the whole file sets once, surely, and to a plain text is that text; every other one is not said. What a jump may pass
over, repeat or leave counts perhaps, and so does all that follows where the script may end, but for two beginnings of many scripts:
the question whether it runs as administrator, and the failure of a `reg` before. As whom a script is run, and whether its orders
succeed, no script says (a limit of every audit of one).

Sources: cmd /?, help if, help for, help call; how cmd divides lines is remembered.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import Factory, define, evolve, frozen

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import MARKS, text_lines
from rasim.formats.reader_remarks import Remarks
from rasim.formats.registry_orders import (
    anything,
    arguments,
    as_written,
    changes_programs,
    hole,
    lets,
    matters,
    net_command,
    ordered,
    other_command,
    program,
    reg_command,
    sure,
    text_of_script,
)
from rasim.policy.registry import RegistryEntry

_PERCENT: Final = re.compile(
    r"%%(?:~[a-z]*(?P<told>[a-z])|(?P<loop>[^\s\"]))?|%(?:~[a-z$]*:?[0-9]|[0-9*])"
    r"|%(?P<name>[^%\n:]+)(?P<change>:[^%\n]*)?%|![\w.()]+(?::[^!\n]*)?!",
    re.IGNORECASE,
)
_LOOP: Final = re.compile(r"\bfor[ \t]+(?:/[dlrf][ \t]+(?:\"[^\"\n]*\"[ \t]+)?)?%%(\S)", re.IGNORECASE)
_PIECE: Final = re.compile(r'"[^"\n]*"?|\^[^\n]?|&&|\|\||[&|()\n<>]|[^"^&|()\n<>]+')
_LEAD: Final = re.compile(r'(?:[ \t,;=@]|[0-9]?(?:>>?|<)[ \t]*(?:&[0-9-]|"[^"\n]*"?|[^\s"&|()<>]+))*')
_WORD: Final = re.compile(r'(?:"[^"\n]*"?|\^[^\s]|[^\s"^&|()<>,;=])+')
_TARGET: Final = re.compile(r'>?[ \t]*(?:&[0-9-]|(?:"[^"\n]*"?|[^\s"&|()<>])+)?')
_HANDLE: Final = re.compile(r"(?:^|(?<=\s))[0-9]$")
_COMPARED: Final = re.compile(
    r"[ \t]*(?:/i[ \t]+)?(?:not[ \t]+)?(?:/i[ \t]+)?"
    r'(?:(?:exist|defined|errorlevel|cmdextversion)[ \t]+(?:"[^"\n]*"|[^\s"()&|])+'
    r'|(?:"[^"\n]*"|[^\s"=&|<>])*[ \t]*(?:==[ \t]*|[ \t](?:equ|neq|lss|leq|gtr|geq)[ \t]+)(?:"[^"\n]*"|[^\s"()&|])*)',
    re.IGNORECASE,
)
_IN: Final = re.compile(r"[^\n]*?[ \t]in[ \t]*\(", re.IGNORECASE)
_DO: Final = re.compile(r"[ \t]*do\b", re.IGNORECASE)
_ELSE: Final = re.compile(r"[ \t]*else\b", re.IGNORECASE)
_LABEL: Final = re.compile(r"[ \t]*:([^:\s&|<>,;=()+][^\s:&|<>,;=]*)")
_SET: Final = re.compile(r'[ \t]*(?:"(?P<name>[^"=\n/]+)=(?P<value>[^"\n]*)"\s*|(?P<bare>[^"=\n/]+)=(?P<plain>[^\n]*))')
_GIVEN: Final = re.compile(r"[ \t]*(?:/[ap][ \t]+)?\"?([^\"=\n]+?)=([^\n]*)", re.IGNORECASE)
_ASSIGNED: Final = re.compile(r"\bset[ \t]+(?:/[ap][ \t]+)?\"?([^\"=\n]+?)[-+*/%&^|<>]*=", re.IGNORECASE)
_NAME: Final = re.compile(r'[\s,;=]*((?:"[^"]*"?|[^\s"/,;=(])+)(.*)', re.DOTALL)
_FOLDER: Final = re.compile(r"(?:cd|chdir|md|rd|del|dir|echo)(?![\w-])", re.IGNORECASE)
_TO_CMD: Final = re.compile(r"(?:\s*/(?![ck])\S+)*\s*/[ck]\s*(?P<inner>.*)", re.IGNORECASE | re.DOTALL)
_OPTION: Final = r"(?:/d\s+(?:\"[^\"]*\"|\S+)\s*|/[a-z]\S*\s*)"
_START: Final = re.compile(rf"\s*{_OPTION}*(?:\"[^\"]*\"\s*)?{_OPTION}*", re.IGNORECASE)
_ADMIN: Final = re.compile(
    r"(?:net1? session|fltmc|openfiles|i?cacls .*config\\system|fsutil dirty|whoami /(?:groups|priv))\b",
    re.IGNORECASE,
)
_LEVEL: Final = r"[\"']?[%!]errorlevel[%!][\"']?\s*"
_FAILS: Final = re.compile(
    rf"\s*(?:errorlevel\s+[1-9]\d*|not\s+{_LEVEL}==\s*[\"']?0[\"']?"
    rf"|{_LEVEL}(?:neq\s+[\"']?0[\"']?|gtr\s+0|geq\s+1|==\s*[\"']?1[\"']?|equ\s+1))",
    re.IGNORECASE,
)
_SUCCEEDS: Final = re.compile(
    rf"\s*(?:not\s+errorlevel\s+1|{_LEVEL}(?:==\s*[\"']?0[\"']?|equ\s+[\"']?0[\"']?|lss\s+1))", re.IGNORECASE
)
_ITSELF: Final = re.compile(r"%(?:~(?:f|s|fs|sf|dpnx|dpfx)?)?0(?![\w.\\])|getadmin|oegetpriv", re.IGNORECASE)
_COMMENT: Final = re.compile(r"[\s@]*(?:rem(?!\S)|:)", re.IGNORECASE)
_ENDING: Final = re.compile(r"(?:exit|shutdown|logoff|taskkill.*\bcmd)\b", re.IGNORECASE)
_ENDS: Final = frozenset({"&", "|", "&&", "||", "\n"})
_UPON_FAILURE: Final = frozenset({"admin", "reg"})
_DEEPEST: Final = 32


def parse(data: bytes, file: str, remarks: Remarks) -> Iterator[RegistryEntry]:
    """Yield what a batch file sets and deletes, in its order, each with its line, and what it may set that it does not say.

    Raises:
        PolicyFileError: UTF-16, which cmd does not read; a NUL; a block that is not closed, or nested beyond 32; with the place.

    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PolicyFileError("a batch file in UTF-16, which cmd does not read", Where(file, 0))
    text, _ = text_of_script(data, file)
    doubtful = {1: "cmd reads over the byte-order mark before it"} if data.startswith(MARKS[0][0]) else {}
    loops = frozenset(name.lower() for name in _LOOP.findall(text))
    batch = _Batch(file, list(_logical(text, doubtful)), _settled(text), loops, doubtful=doubtful)
    batch.read()
    yield from ordered(batch.said(), file, remarks)


def orders_in(command: str, where: Where, only_if: str, depth: int) -> Iterator[RegistryEntry]:
    """Yield what a command line does that another script gives to cmd.

    Raises:
        PolicyFileError: a block that is not closed; lines within lines beyond 32.

    """
    line = where.line or 1
    inner = _Batch(where.file, [(line, command)], frozenset(), frozenset(), depth, expands=False)
    inner.read()
    yield from (evolve(entry, where=where, only_if=only_if or entry.only_if) for entry in inner.said())


def _logical(text: str, doubtful: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Yield lines with their number; one that ends in ^ outside quotes goes on in the next, and a comment perhaps."""
    first, parts = 0, ""
    for number, line in text_lines(text):
        first, parts = first or number, parts + line
        carets = len(parts) - len(parts.rstrip("^"))
        if carets % 2 and _COMMENT.match(parts):
            doubtful[number + 1] = "the ^ before it does not make it a comment"
        elif carets % 2 and parts.count('"') % 2 == 0:
            parts = parts[:-1]
            continue
        yield first, parts
        first, parts = 0, ""
    if first:
        yield first, parts


def _settled(text: str) -> frozenset[str]:
    """Return the names of variables, in capitals, that the text sets just once."""
    counted = Counter(match[1].strip().upper() for match in _ASSIGNED.finditer(text))
    return frozenset(name for name, count in counted.items() if count == 1)


@frozen
class _Jump:
    """From which line to which label; without one it leaves the script. `back` where it comes back: call."""

    line: int
    label: str
    text: str
    back: bool = False


@define
class _Batch:
    """One pass over a batch file. `last` is what the program before was, for what stands upon its failure."""

    file: str
    lines: list[tuple[int, str]]
    settled: frozenset[str]
    loops: frozenset[str]
    depth: int = 0
    doubtful: dict[int, str] = Factory(dict)  # the conditions of lines
    expands: bool = True
    entries: list[RegistryEntry] = Factory(list)
    jumps: list[_Jump] = Factory(list)
    labels: dict[str, int] = Factory(dict)
    known: dict[str, str] = Factory(dict)
    seen: set[str] = Factory(set)
    last: str = ""
    admin: bool = False
    asked: bool = False  # two ways lead on from the question for an administrator, and one of them ends the script
    yes: bool = False  # the question of the next program is answered
    at: int = 0  # the line that is read next
    line: int = 1
    text: str = ""
    pos: int = 0
    open: int = 0  # brackets

    def read(self) -> None:
        while self._next_line():
            while self.text[self.pos] != "\n":
                self._chain("", self.depth)

    def said(self) -> Iterator[RegistryEntry]:
        """Yield the entries with what jumps make of them."""
        for entry in self.entries:
            line = entry.where.line or 0
            yield evolve(entry, only_if=entry.only_if or self.doubtful.get(line, "") or self._passed_over(line))

    def _passed_over(self, line: int) -> str:
        for jump in self.jumps:
            to = self.labels.get(jump.label.upper(), 0)
            if not to:  # it ends here, or goes nobody knows where
                over = line > jump.line or not sure(jump.label)
            elif to > jump.line:
                over = line >= to if jump.back else jump.line < line < to
            else:
                over = line >= to
            if over:
                return lets(jump.text, jump.line)
        return ""

    # ---- lines -----------------------------------------------------------------------------------------------

    def _next_line(self) -> bool:
        while self.at < len(self.lines):
            self.line, written = self.lines[self.at]
            self.at += 1
            if match := _LABEL.match(written):
                self.labels.setdefault(match[1].upper(), self.line)
            elif written.strip() and not written.lstrip().startswith(":"):
                self.text = (_PERCENT.sub(self._expanded, written) if self.expands else written) + "\n"
                self.pos = 0
                return True
        self.text, self.pos = "", 0
        return False

    def _expanded(self, match: re.Match[str]) -> str:
        written, loop = match[0], match["told"] or match["loop"]
        if written.startswith("%%") and (loop or "").lower() not in self.loops:
            return written[1:]
        name = (match["name"] or "").upper()
        if name in self.known and match["change"] is None:
            return self.known[name]
        return hole(re.sub(r'[\s"&|<>()^=,;]', "", written))

    def _here(self) -> Where:
        return Where(self.file, line=self.line, column=self.pos + 1)

    def _add(self, entries: Iterable[RegistryEntry]) -> None:
        self.entries.extend(entries)

    def _rest_of_line(self) -> str:
        rest, self.pos = self.text[self.pos : -1], len(self.text) - 1
        return rest

    # ---- commands --------------------------------------------------------------------------------------------

    def _chain(self, only_if: str, depth: int, *, failed: bool = False) -> None:
        """Read commands up to the end of the line, or of the block: one, and those behind & | && ||."""
        upon, first = "", failed
        while True:
            begin = self.pos
            self._one(only_if or upon, depth, failed=failed)
            sign = next((each for each in ("&&", "||", "&", "|") if self.text.startswith(each, self.pos)), "")
            if not sign:
                return
            before = self.text[begin : self.pos].strip()
            self.pos += len(sign)
            self.yes = sign == "|" and re.match(r"@?echo[ .]*y", before, re.IGNORECASE) is not None
            upon = upon or lets(f"{before} {sign}", self.line) if sign in {"&&", "||"} else ""
            failed = first or (sign == "||" and self.last in _UPON_FAILURE)

    def _one(self, only_if: str, depth: int, *, failed: bool) -> None:
        if depth > _DEEPEST:
            raise PolicyFileError(f"blocks nested beyond {_DEEPEST}", self._here())
        self.pos = _end(_LEAD, self.text, self.pos)
        if self.text[self.pos] == "(":
            self._block(only_if, depth, failed=failed)
            return
        if self.text[self.pos] in ":)" and not (self.open and self.text[self.pos] == ")"):
            self._rest_of_line()  # a comment; and cmd passes over what stands behind a bracket that closes nothing
            return
        word = _WORD.match(self.text, self.pos)
        name = "" if word is None else word[0].replace("^", "").lower()
        if name == "rem":
            self._rest_of_line()
        elif name == "if":
            self.pos += 2
            self._if(only_if, depth)
        elif name == "for":
            self.pos += 3
            self._for(only_if, depth)
        else:
            where, command = self._here(), self._command()
            self._run(command, where, only_if, depth, failed=failed)

    def _block(self, only_if: str, depth: int, *, failed: bool) -> None:
        where = self._here()
        self.pos, self.open = self.pos + 1, self.open + 1
        while (sign := self.text[self.pos]) != ")":
            if sign != "\n":
                self._chain(only_if, depth + 1, failed=failed)
            elif not self._next_line():
                raise PolicyFileError("a block is not closed by )", where)
            self.pos = _end(_LEAD, self.text, self.pos)
        self.open -= 1
        self.pos = _end(_LEAD, self.text, self.pos + 1)

    def _if(self, only_if: str, depth: int) -> None:
        compared = _COMPARED.match(self.text, self.pos)
        if compared is None:
            self._add([anything(f"if {self._rest_of_line()}", self._here())])
            return
        self.pos = compared.end()
        fails, succeeds = (pattern.fullmatch(as_written(compared[0])) is not None for pattern in (_FAILS, _SUCCEEDS))
        upon, self.asked = self.last in _UPON_FAILURE, self.last == "admin" and (fails or succeeds)
        condition = only_if or lets(f"if {compared[0].strip()}", self.line)
        self._chain(condition, depth + 1, failed=upon and fails)
        if other := _ELSE.match(self.text, self.pos):
            self.pos = other.end()
            self._chain(condition, depth + 1, failed=upon and succeeds)

    def _for(self, only_if: str, depth: int) -> None:
        head, where = _IN.match(self.text, self.pos), self._here()
        if head is None:
            self._add([anything(f"for {self._rest_of_line()}", where)])
            return
        condition = only_if or lets(f"for {head[0].strip()}", self.line)
        self.pos = head.end()
        listed = self._listed()
        if "/f" in head[0].lower() and listed.startswith(("'", "`")):
            self._add(orders_in(listed.strip("'`"), where, condition, depth + 1))
        if (do := _DO.match(self.text, self.pos)) is None:
            self._add([anything(f"for {self._rest_of_line()}", where)])
            return
        self.pos = do.end()
        self._chain(condition, depth + 1)

    def _listed(self) -> str:
        """Return what stands in the brackets of a loop, over lines too."""
        where, parts = self._here(), [""]
        while (at := self.text.find(")", self.pos)) < 0:
            parts.append(self.text[self.pos :])
            if not self._next_line():
                raise PolicyFileError("a block is not closed by )", where)
        parts.append(self.text[self.pos : at])
        self.pos = at + 1
        return "".join(parts).strip()

    def _command(self) -> str:
        """Return a command up to the sign that ends it, without redirections, and without ^ outside quotes."""
        parts: list[str] = []
        while (said := self._piece()) not in _ENDS and not (said == ")" and self.open):
            self.pos += len(said)
            if said in {"<", ">"}:
                parts[-1:] = [_HANDLE.sub("", each) for each in parts[-1:]]
                self.pos = _end(_TARGET, self.text, self.pos)
            else:
                parts.append(said.removeprefix("^"))
        return "".join(parts)

    def _piece(self) -> str:
        piece = _PIECE.match(self.text, self.pos)
        return "\n" if piece is None else piece[0]

    def _run(self, command: str, where: Where, only_if: str, depth: int, *, failed: bool = False) -> None:
        """Take a command for what it does."""
        word = _NAME.match(command)
        if word is None:
            return
        folder = _FOLDER.match(word[1])
        name, rest = program(word[1]) if folder is None else folder[0].lower(), word[2]
        yes, self.yes = self.yes, False
        text = as_written(command)
        match name:
            case "goto":
                self._jump(_label(rest), text, only_if, failed=failed)
            case _ if _ENDING.match(name + as_written(rest)):
                self._jump("", text, only_if, failed=failed)
            case "call" if rest.strip().startswith(":"):
                self._jump(_label(rest), text, only_if, back=True)
            case "call":
                self._run(rest, where, only_if, depth, failed=failed)
            case "set" | "path":
                given = rest if name == "set" or not rest.strip() else f"PATH={rest.lstrip(' =')}"
                self._set(given, only_if, depth)
                self._add(_programs(given, text, where))
            case "cmd" if line := _given_to_cmd(rest):
                self._add(orders_in(line, where, only_if, depth + 1))
            case "start":
                options = rest[: _end(_START, rest, 0)]
                begun = "" if "/w" in options.lower() else "it is done before what follows"
                self._run(rest[len(options) :], where, only_if or begun, depth)
            case "reg":
                given = arguments(rest)
                self._add(reg_command(given, where, only_if, yes=yes, plain=False))
                self.last = "reg" if given and given[0].lower() in {"add", "import"} else ""
            case _:
                self._other(name, rest, text, where, only_if)

    def _other(self, name: str, rest: str, text: str, where: Where, only_if: str) -> None:
        if _ADMIN.match(f"{name}{as_written(rest)}"):
            self.last, self.admin = "admin", True
            return
        if name in {"net", "net1"}:
            self._add(net_command(arguments(rest), where, only_if))
            return
        if name == "endlocal":
            self.known.clear()
        if name not in {"cd", "dir", "echo", "setlocal", "endlocal", "pause", "title", "timeout"}:
            self.last = ""
        if name not in self.seen and not (self.admin and _ITSELF.search(text)):
            found = list(other_command(name, rest, where))
            self.seen.update([name] if found else [])
            self._add(found)

    def _jump(self, label: str, text: str, only_if: str, *, back: bool = False, failed: bool = False) -> None:
        """Keep a jump, unless it only leaves out what the limits say: that the script may not be run, or that orders fail."""
        as_whom = self.asked and not label and not only_if and not any(map(matters, self.entries))
        if not (failed or as_whom):
            self.jumps.append(_Jump(self.line, label, text, back))

    def _set(self, rest: str, only_if: str, depth: int) -> None:
        match = _SET.fullmatch(rest)
        if match is None or only_if or depth > self.depth or self.jumps:
            return
        name = (match["name"] or match["bare"]).strip().upper()
        if name in self.settled:
            self.known[name] = match["plain"] if match["value"] is None else match["value"]


def _programs(rest: str, text: str, where: Where) -> Iterator[RegistryEntry]:
    """Yield that whatever follows may set anything, where `set` changes what the names of programs mean."""
    match = _GIVEN.match(rest)
    if match is not None and changes_programs(match[1].strip(), match[2]):
        yield anything(text, where, "the names of programs may mean others behind it")


def _label(rest: str) -> str:
    """Return the label of a jump, none for the end of the file."""
    name = rest.strip(" \t:").partition(" ")[0]
    return "" if name.lower() == "eof" else name


def _given_to_cmd(rest: str) -> str:
    """Return the line that cmd is to run: cmd takes off the first quote and the last one."""
    inner = _TO_CMD.match(rest)
    line = "" if inner is None else inner["inner"].strip()
    return (
        line.removeprefix('"')[: line.rfind('"') - 1 if line.rfind('"') > 0 else None] if line.startswith('"') else line
    )


def _end(pattern: re.Pattern[str], text: str, pos: int) -> int:
    match = pattern.match(text, pos)
    return pos if match is None else match.end()
