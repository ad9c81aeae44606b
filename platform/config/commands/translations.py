"""Texts and their English: extracted and compiled with Babel, so that nobody needs gettext's own tools.

``python -m config.commands.translations update`` collects the sentences into the catalogue and compiles it;
``check`` fails where one is missing, fuzzy, or the compiled file is old.
"""

import ast
import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from config.environment import ROOT

CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
ROOMS = ("platform", "tenants", "branding", "search", "catalog", "cms")
METHODS = [
    ("**.py", "python"),
    ("**.html", "config.commands.translations:extract_template"),
    ("**.txt", "config.commands.translations:extract_template"),
]
# Tables whose texts people read, and the columns with them. Examples of what to print on a label stay Chinese.
TABLES = {
    "branding/data/claim_words.csv": ("title", "why", "mend", "article", "source"),
    "branding/data/cost_limits.csv": ("article", "source"),
    "branding/data/label_editions.csv": ("standard", "old_stock", "article", "source"),
    "branding/data/label_items.csv": ("name", "wrong", "article", "source"),
    "branding/data/layer_limits.csv": ("name", "article", "source"),
    "branding/data/nutrition_exempt.csv": ("name", "article", "source"),
    "branding/data/nutrition_items.csv": ("name", "article"),
    "branding/data/package_classes.csv": ("reason",),
    "branding/data/proof_numbers.csv": ("name", "wrong", "article", "source"),
    "branding/data/small_faces.csv": ("article", "source"),
    "branding/data/space_factors.csv": ("name", "article"),
    "branding/data/void_limits.csv": ("article", "source"),
    "branding/data/terms.csv": ("source",),
    "branding/data/packaging_terms.csv": ("source",),
    "platform/kernel/data/terms.csv": ("source",),
    "platform/kernel/data/holidays.csv": ("name", "source"),
    "platform/accounts/data/terms.csv": ("source",),
    "platform/accounts/data/carrier_answers.csv": ("said", "source"),
    "platform/accounts/data/message_limits.csv": ("source",),
    "cms/data/terms.csv": ("source",),
    "search/data/categories.csv": ("name",),
}
HANZI = re.compile(r"[\u4e00-\u9fff]")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# A catalogue without new sentences is the same file, to the byte.
SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")

Found = tuple[int, Any, Any, Any]


def extract_template(file: IO[bytes], keywords: Any, comments: Any, options: Any) -> Iterator[Found]:
    """Babel's way into Django templates: Django turns one into Python-like calls, which Babel then reads."""
    from babel.messages.extract import extract_python
    from django.utils.translation.template import templatize

    source = templatize(file.read().decode("utf-8"))
    calls = re.compile(r"""\b(?:gettext|ngettext|pgettext|npgettext|_)\s*\(""")
    lines = source.splitlines()
    for number, line in enumerate(lines, start=1):
        if calls.search(line) is None:
            continue
        text = "\n".join(lines[number - 1 :])
        for start in (match.start() for match in calls.finditer(line)):
            call = _whole_call(text[start:])
            if call:
                for _line, function, message, notes in extract_python(
                    io.BytesIO(call.encode()), keywords, [], {"encoding": "utf-8"}
                ):
                    yield number, function, message, notes


def _whole_call(text: str) -> str:
    """The call at the start of a text, up to the parenthesis that closes it."""
    for end in (match.end() for match in re.finditer(r"\)", text)):
        try:
            ast.parse(text[:end].strip(), mode="eval")
        except (SyntaxError, ValueError):
            continue
        return text[:end].strip()
    return ""


def collect() -> Catalog:
    """Every sentence the rooms show, with the file it stands in."""
    _configure()
    catalog = Catalog(
        locale="en",
        domain="django",
        project="Jieti",
        charset="utf-8",
        header_comment="# English of Jieti 借梯.",
        creation_date=SAME_DAY,
        revision_date=SAME_DAY,
        fuzzy=False,
    )
    for room in ROOMS:
        for name, _line, message, _notes, context in extract_from_dir(
            ROOT / room, method_map=METHODS, options_map={}, keywords=KEYWORDS, strip_comment_tags=True
        ):
            if "/migrations/" not in name and message and message != ("",):
                catalog.add(message, None, [(f"{room}/{name}", 0)], context=context)
    for table, text in _table_texts():
        catalog.add(text, None, [(table, 0)])
    return catalog


def _table_texts() -> Iterator[tuple[str, str]]:
    for table, columns in TABLES.items():
        with (ROOT / table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from ((table, row[column]) for column in columns if HANZI.search(row[column] or ""))


def _configure() -> None:
    from django.conf import settings

    if not settings.configured:
        settings.configure()


def kept() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en", domain="django")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def update() -> int:
    """Collect, keep the English there is, write what is left to translate, compile."""
    catalog, old = collect(), kept()
    for message in _messages(catalog):
        known = old.get(message.id, message.context)
        if known is not None and known.string and not known.fuzzy and _same_forms(message, known):
            message.string = known.string
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalog, sort_output=True, width=120, omit_header=False)
    with COMPILED.open("wb") as file:
        write_mo(file, catalog)
    left = [message for message in _messages(catalog) if not _translated(message)]
    for message in left:
        print(f"{_place(message)}: {_first(message)}")
    print(f"{len(catalog)} sentences, {len(left)} without English")
    return 0


def check() -> int:
    troubles = [*_missing(), *_stale()]
    for trouble in troubles:
        print(trouble)
    return 1 if troubles else 0


def _missing() -> Iterator[str]:
    old = kept()
    for message in _messages(collect()):
        known = old.get(message.id, message.context)
        if known is None or not _translated(known) or not _same_forms(message, known):
            yield f"{_place(message)}: no English for {_first(message)!r}"
        elif known.fuzzy:
            yield f"{_place(message)}: fuzzy English for {_first(message)!r}"
        elif _placeholders(message.id) != _placeholders(known.string):
            yield f"{_place(message)}: the English has other placeholders than {_first(message)!r}"


def _stale() -> Iterator[str]:
    if not CATALOGUE.exists():
        return
    compiled: dict[Any, Any] = {}
    if COMPILED.exists():
        with COMPILED.open("rb") as file:
            compiled = {(_context(m), _first(m)): m.string for m in _messages(read_mo(file))}
    for message in _messages(kept()):
        if _translated(message) and _texts(compiled.get((message.context, _first(message)))) != _texts(message.string):
            yield f"{COMPILED.relative_to(ROOT)} is older than its catalogue: make translations"
            return


def _messages(catalog: Catalog) -> Iterable[Message]:
    return (message for message in catalog if message.id)


def _same_forms(message: Message, known: Message) -> bool:
    """A sentence that learned a plural needs its English anew: one form for two would break the page that counts."""
    return isinstance(message.id, tuple | list) == isinstance(known.string, tuple | list)


def _translated(message: Message) -> bool:
    return all(_texts(message.string))


def _context(message: Message) -> str | None:
    """Babel reads the context of a compiled catalogue as bytes."""
    found: Any = message.context
    return found.decode() if isinstance(found, bytes) else found


def _texts(words: Any) -> list[Any]:
    """One text or the several of a plural, which a compiled catalogue gives as a list."""
    return list(words) if isinstance(words, tuple | list) else [words]


def _placeholders(texts: Any) -> set[str]:
    whole = " ".join(texts) if isinstance(texts, tuple | list) else texts
    return {match.group(0) for match in PLACEHOLDER.finditer(whole)}


def _first(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple | list) else message.id)


def _place(message: Message) -> str:
    return str(message.locations[0][0]) if message.locations else str(Path("?"))


def main() -> int:
    return {"check": check, "update": update}[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
