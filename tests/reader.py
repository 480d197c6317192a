"""Somebody who reads pages and does what stands there: follows links and presses buttons by their words, without script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
from flask.testing import FlaskClient

NAMED = ("aria-label", "placeholder", "title", "value")


def words(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Reader:
    """One person at one window. `seen` is every page's text since it was last emptied."""

    client: FlaskClient
    doc: Any = None
    url: str = "/"
    seen: list[str] = field(default_factory=list)

    @classmethod
    def signed_in(cls, client: FlaskClient, email: str, password: str) -> Reader:
        reader = cls(client)
        reader.go("/login")
        reader.press("Đăng nhập", email=email, password=password)
        assert "/login" not in reader.url, email
        return reader

    def go(self, path: str) -> Reader:
        return self._take(self.client.get(urljoin(self.url, path), follow_redirects=True))

    def _take(self, answer: Any) -> Reader:
        if answer.status_code >= 400:
            page = lxml.html.fromstring(answer.get_data(as_text=True) or "<p>")
            said = words(" ".join(page.xpath("//main//text()")))[:600]
            raise AssertionError(f"{answer.request.path} answers {answer.status_code}: {said}")
        self.url = answer.request.full_path.rstrip("?")
        if answer.mimetype == "text/html":
            self.doc = lxml.html.fromstring(answer.get_data(as_text=True))
            self.seen.append(self.text())
        answer.close()
        return self

    def text(self) -> str:
        """What the page says, names of buttons without words too."""
        said = [self.doc.text_content()]
        for name in NAMED:
            said += [str(value) for value in self.doc.xpath(f"//body//@{name}")]
        return words(" ".join(said))

    def has(self, *phrases: str) -> Reader:
        for phrase in phrases:
            assert phrase in self.text(), f"{self.url} does not say “{phrase}”"
        return self

    def hrefs(self) -> list[str]:
        return [str(href) for href in self.doc.xpath("//a/@href")]

    def href(self, start: str) -> str:
        """The first address on the page that begins so."""
        return next(href for href in self.hrefs() if href.startswith(start))

    def fields(self, pattern: str) -> list[str]:
        """Names of the page's fields that match, in their order, each once."""
        names = self.doc.xpath("//form//@name | //*[@form]/@name")
        return [str(name) for name in dict.fromkeys(names) if re.fullmatch(pattern, name)]

    def click(self, name: str, *, last: bool = False) -> Reader:
        """The link with these words: whole words before a part of them, the page's own before the frame's."""
        found = [
            a.get("href")
            for fits in (lambda text: text == name, lambda text: name in text)
            for where in ("//main//a[@href]", "//a[@href]")
            for a in self.doc.xpath(where)
            if fits(self._name(a))
        ]
        assert found, f"{self.url} has no link “{name}”"
        return self.go(found[-1 if last else 0])

    def press(self, name: str, /, *, within: str = "", **fields: Any) -> Reader:
        """Fill the form that has the button with these words, and send it; `within` is a text near the form."""
        button, form = self._button(name, within)
        values = {key: value for key, value in form.form_values()}  # noqa: C416 - it may repeat a key
        repeated: dict[str, list[Any]] = {}
        for key, value in form.form_values():
            repeated.setdefault(key, []).append(value)
        data = {key: value if len(value) > 1 else values[key] for key, value in repeated.items()}
        unknown = [key for key in fields if key not in form.fields]
        assert not unknown, (
            f"{self.url}: the form of “{name}” has no {unknown}, only {sorted(form.fields.keys())}"
        )
        data.update(fields)
        if button.get("name"):
            data[button.get("name")] = button.get("value") or ""
        action = urljoin(self.url, button.get("formaction") or form.get("action") or self.url)
        path = action if action.startswith("/") else urlsplit(action)._replace(scheme="", netloc="").geturl()
        if (form.get("method") or "get").lower() == "get":
            return self._take(self.client.get(path, query_string=data, follow_redirects=True))
        return self._take(self.client.post(path, data=data, follow_redirects=True))

    def _button(self, name: str, within: str) -> tuple[Any, Any]:
        found = []
        for form in self.doc.forms:
            near = words(form.getparent().getparent().text_content())
            outside = f"//button[@form='{form.get('id')}']" if form.get("id") else "./button[false()]"
            for button in [*form.xpath(".//button"), *form.xpath(outside)]:
                if within in near and name in self._name(button):
                    found.append((self._name(button) != name, button, form))
        assert found, f"{self.url} has no button “{name}”"
        _partly, button, form = min(found, key=lambda f: f[0])
        return button, form

    @staticmethod
    def _name(element: Any) -> str:
        return words(element.get("aria-label") or element.text_content())
