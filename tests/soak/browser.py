"""What of a browser is needed to live on the platform for a while: cookies, forms, redirects, a clock."""

import http.client
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

MOVED = {301, 302, 303, 307, 308}
Note = Callable[[str, str, float, int | str], None]
Upload = tuple[str, str, bytes]  # its name, its kind, what is in it


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    path: str
    status: int
    text: str

    def forms(self) -> list[Form]:
        reader = _Reader()
        reader.feed(self.text)
        return reader.forms

    def form(self, named: str) -> Form:
        """The form with this field in it."""
        for form in self.forms():
            if named in form.fields or named in form.choices:
                return form
        raise LookupError(f"no form with {named} on {self.path} ({self.status})")

    def links(self, part: str) -> list[str]:
        reader = _Reader()
        reader.feed(self.text)
        return [link for link in reader.links if part in link]


class Browser:
    """One person's. Every answer is told to ``note``: kind, path, seconds, status."""

    def __init__(self, port: int, note: Note, address: str) -> None:
        self.port, self.note, self.address = port, note, address
        self.cookies: dict[str, str] = {}
        self.line: http.client.HTTPConnection | None = None

    def get(self, kind: str, path: str, **headers: str) -> Page:
        return self._go(kind, "GET", path, None, headers)

    def send(
        self, kind: str, page: Page, form: Form, answers: Mapping[str, str | Sequence[str]], **files: Upload
    ) -> Page:
        """A form with some answers in it, as it stands otherwise."""
        filled: dict[str, list[str]] = dict(form.fields)
        filled |= {name: [told] if isinstance(told, str) else list(told) for name, told in answers.items()}
        pairs = [(name, value) for name, values in filled.items() for value in values]
        action = urljoin(page.path, form.action or page.path)
        if form.method != "post":
            return self._go(kind, "GET", f"{action}?{urlencode(pairs)}", None, {})
        body, sort = _multipart(pairs, files) if files else (urlencode(pairs).encode(), URLENCODED)
        answer = self._go(kind, "POST", action, body, {"Content-Type": sort})
        if answer.status >= 400:
            raise LookupError(f"{kind} was refused at {answer.path}: {answer.status}")
        return answer

    def _go(self, kind: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        for _turn in range(6):
            began = time.monotonic()
            try:
                status, answer, text = self._ask(method, path, body, headers)
            except (OSError, http.client.HTTPException) as trouble:
                self.line = None
                self.note(kind, path, time.monotonic() - began, type(trouble).__name__)
                raise
            self.note(kind, path, time.monotonic() - began, status)
            if status not in MOVED:
                break
            told = urlsplit(urljoin(path, answer.get("location", "/")))
            path, method, body, headers = told.path + (f"?{told.query}" if told.query else ""), "GET", None, {}
        return Page(path, status, text)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], str]:
        line = self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        told = {"X-Forwarded-For": self.address, "Accept": "text/html", **headers}
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            line.request(method, path, body, told)
            answer = line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # A line that was kept and closed meanwhile says nothing of the server; a browser asks again, too.
            line.close()
            line.request(method, path, body, told)
            answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


URLENCODED = "application/x-www-form-urlencoded"


def _multipart(pairs: list[tuple[str, str]], files: Mapping[str, Upload]) -> tuple[bytes, str]:
    mark = secrets.token_hex(12)
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in pairs]
    for name, (filename, sort, data) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {sort}\r\n\r\n'
        parts.append(head.encode() + data)
    body = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return body + b"--" + mark.encode() + b"--\r\n", f"multipart/form-data; boundary={mark}"


class _Reader(HTMLParser):
    """Forms with what stands in them, and links."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag == "form":
            self._form = Form(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "input" and told.get("name"):
            self._input(self._form, told, dict(attrs))
        elif tag == "select":
            self._select = told.get("name", "")
            self._form.choices[self._select] = []
        elif tag == "option" and self._select:
            self._form.choices[self._select].append(told.get("value", ""))
            if "selected" in dict(attrs):
                self._form.fields.setdefault(self._select, []).append(told.get("value", ""))
        elif tag == "textarea":
            self._area = told.get("name", "")
            self._form.fields[self._area] = [""]

    def _input(self, form: Form, told: dict[str, str], bare: dict[str, str | None]) -> None:
        name, sort = told["name"], told.get("type", "text")
        if sort in {"submit", "button", "image", "reset", "file"}:
            form.choices.setdefault(name, [])
        elif sort in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(told.get("value", "on"))
            if "checked" in bare:
                form.fields.setdefault(name, []).append(told.get("value", "on"))
        else:
            form.fields.setdefault(name, []).append(told.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form.fields[self._area] = [self._form.fields[self._area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            if self._form is not None:  # HTML drops the line break right after the tag
                self._form.fields[self._area] = [self._form.fields[self._area][0].removeprefix("\n")]
            self._area = ""
