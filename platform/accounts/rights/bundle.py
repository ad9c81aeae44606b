"""A zip as it is written: every file goes through here and is listed with its checksum."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from django.utils.html import escape

from kernel import clock

PIECE = 1024 * 1024
STYLE = (
    "body{font:16px/1.7 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:4px 8px;text-align:left}"
)


class Bundle:
    """``tell`` hears of every file, for progress on a page."""

    def __init__(self, target: Path, tell: Callable[[str], None] = lambda name: None) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._sums: dict[str, dict[str, Any]] = {}
        self._tell = tell

    def __enter__(self) -> Bundle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write_manifest()
        self._zip.close()

    @property
    def files(self) -> int:
        return len(self._sums)

    def add(self, name: str, data: bytes) -> None:
        if name in self._sums:
            raise ValueError(f"{name} twice")
        self._zip.writestr(name, data)
        self._sums[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        self._tell(name)

    def add_pieces(self, name: str, pieces: Iterable[bytes]) -> None:
        """A file that need not be in memory at once."""
        seen, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as inside:
            for piece in pieces:
                seen.update(piece)
                size += len(piece)
                inside.write(piece)
        self._sums[name] = {"sha256": seen.hexdigest(), "size": size}
        self._tell(name)

    def add_json(self, name: str, told: Any) -> None:
        text = json.dumps(told, ensure_ascii=False, indent=1, default=_plain)
        self.add(name, text.encode())

    def add_page(self, name: str, title: str, body: str) -> None:
        """A page that opens anywhere; ``body`` is markup whose texts are escaped already."""
        page = (
            f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title>'
            f"<style>{STYLE}</style><h1>{escape(title)}</h1>{body}"
        )
        self.add(name, page.encode())

    def _write_manifest(self) -> None:
        told = {"made": clock.now(), "files": self._sums}
        self._zip.writestr("manifest.json", json.dumps(told, ensure_ascii=False, indent=1, default=_plain))


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as a table for people; an empty list says so."""
    if not rows:
        return "<p>没有。</p>"
    heads = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(said(row.get(name)))}</td>' for name in heads)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def said(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return "、".join(said(one) for one in value)
    if isinstance(value, Mapping):
        return "；".join(f"{name}：{said(one)}" for name, one in value.items())
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
