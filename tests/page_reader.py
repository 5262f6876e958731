"""Reads a page as a browser does, and says what is wrong with it; shared by the tests of reports."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

VOID = {"meta"}


class Page(HTMLParser):
    """Reads a page as a browser does; tags that do not balance are refused."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert [] == self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that begins; an attribute stands in it once."""
        self.met.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Refuse the end of a tag that is not the last one begun."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note words, but for the style."""
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        """What a reader sees, blanks between blocks left out."""
        return "".join(self.words)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all tags of a name."""
        return [attributes for name, attributes in self.met if name == tag]


def style_of(page: str) -> str:
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    return str(style)


def faults(page: str) -> list[str]:
    """Return what is wrong with a whole page: it is to be closed, well-formed, and to have the style its policy names."""
    read = Page(page)
    ids = [attributes["id"] for _, attributes in read.met if "id" in attributes]
    attributes = {name for _, each in read.met for name in each}
    (policy,) = (m["content"] or "" for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    digest = b64encode(sha256(style_of(page).encode()).digest()).decode()
    checks = {
        "an id stands twice": len(ids) == len(set(ids)),
        "an anchor leads nowhere": {f"#{name}" for name in ids} >= {each["href"] for each in read.all("a")},
        "something runs": not {name for name in attributes if name.startswith("on")} and not read.all("script"),
        "something is fetched": not re.search(r"https?://|src=|url\((?!#)|@import", page),
        "an attribute styles": not attributes & {"style", "src", "srcset"},
        "the policy is open": policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';"),
        "a letter cannot be seen": all(letter.isprintable() or letter == "\n" for letter in page),
        "there are several first headings": len(read.all("h1")) == 1,
    }
    return [fault for fault, right in checks.items() if not right]
