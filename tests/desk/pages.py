"""Read a page as a person does: its visible words, its fields, its buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "template"}
_EMPTY = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Page(HTMLParser):
    """What an HTML text shows and asks for."""

    text: str
    words: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _SILENT & set(self._open) and data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def visible(self) -> str:
        return "\n".join(self.words)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        wanted = {name.replace("_", "-").rstrip("-"): value for name, value in attributes.items()}
        return [found for name, found in self.tags if name == tag and wanted.items() <= found.items()]

    def one(self, tag: str, **attributes: str) -> dict[str, str]:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    def value(self, name: str) -> str:
        """What a field holds: an input's value, or a text area's content."""
        inputs = [found for found in self.all("input", name=name) if found.get("type") not in ("radio", "checkbox")]
        if inputs:
            return inputs[0].get("value", "")
        area = re.search(rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>\n?(.*?)</textarea>', self.text, re.DOTALL)
        assert area is not None, f"no field {name}"
        return area.group(1)

    def checked(self, name: str) -> list[str]:
        return [found["value"] for found in self.all("input", name=name) if "checked" in found]

    @property
    def primary(self) -> list[str]:
        """The words on primary buttons and links."""
        return re.findall(r'class="btn btn-primary"[^>]*>([^<]+)<', self.text)
