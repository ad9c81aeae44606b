"""What an English page still says in Chinese, and where it counts wrong, apart from what people typed into it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from config.commands.translations import kept

HANZI = re.compile(r"[㐀-䶿一-鿿]")
# Chinese punctuation that touches a Latin letter, a digit or a bracket, with or without a space between.
HALF_CHINESE = re.compile(r"[A-Za-z0-9%)]\s?[，。、：；！？（）]|[，。、：；！？）]\s?[A-Za-z]")
CHINESE_DAY = re.compile(r"\d\s*[年月日]")
# "1 counties"; "1 is", "1 was" and "1 has" are verbs, a decimal or a date is no count.
ONE_OF_MANY = re.compile(r"(?<![\d.,:/–-])1 (?!is\b|was\b|has\b|class\b)[a-z]{2,}s\b")
# "29 pickles.The co-operative", "Managers—Nobody yet.": two sentences put together as in Chinese.
JOINED = re.compile(r"[a-z0-9%)\u4e00-\u9fff][.!?](?=[A-Z\u4e00-\u9fff])|[a-z]—(?=[A-Z0-9\u4e00-\u9fff]|$)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SILENT = {"script", "style", "template", "svg", "code", "textarea", "pre"}
IN_LINE = {"a", "b", "span", "small", "strong", "em", "i", "time", "kbd", "u", "abbr", "mark"}
SHOWN = {"placeholder", "title", "alt", "aria-label", "data-label", "data-confirm", "content"}
VOID = {"meta", "link", "input", "img", "br", "hr", "source", "wbr", "col", "area"}
# Inside a longer text only a sentence is told from words that somebody typed.
SURE = 6


@dataclass
class Texts(HTMLParser):
    """Every text of a page: each node by itself, and each block as it is read."""

    nodes: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=lambda: [""])
    around: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def read(self, page: str) -> "Texts":
        self.feed(page)
        self.nodes = [" ".join(node.split()) for node in self.nodes]
        self.blocks = [" ".join(block.split()) for block in self.blocks]
        return self

    @property
    def silent(self) -> bool:
        return any(hidden for _tag, hidden in self.around)

    def handle_starttag(self, tag, attrs):
        if tag not in IN_LINE:
            self.blocks.append("")
        # What is marked as Chinese is meant to be: the button that leads back to it.
        chinese = tag != "html" and (dict(attrs).get("lang") or "").startswith("zh")
        if tag not in VOID:
            self.around.append((tag, tag in SILENT or chinese))
        if not self.silent:
            self.nodes += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag):
        if tag not in IN_LINE:
            self.blocks.append("")
        if any(name == tag for name, _hidden in self.around):
            while self.around.pop()[0] != tag:
                pass

    def handle_data(self, data):
        if not self.silent:
            self.blocks[-1] += data
            self.nodes.append(data)


@dataclass(frozen=True)
class Ours:
    """The Chinese that we wrote: whole texts, those long enough to be told inside others, and those filled in."""

    whole: frozenset[str]
    sure: tuple[str, ...]
    filled: tuple[tuple[str, re.Pattern[str]], ...]

    def stands_in(self, text: str) -> bool:
        if text in self.whole or any(one in text for one in self.sure):
            return True
        return any(part in text and pattern.fullmatch(text) for part, pattern in self.filled)


def ours() -> Ours:
    """The Chinese of the catalogue, without what keeps its hanzi in English ("for example 五常大米")."""
    whole, filled = set(), []
    for message in kept():
        text = " ".join((message.id[0] if isinstance(message.id, tuple) else message.id or "").split())
        if not HANZI.search(text) or HANZI.search(str(message.string)):
            continue
        parts = PLACEHOLDER.split(text)
        hanzi = len(HANZI.findall("".join(parts)))
        if len(parts) == 1 and hanzi > 1:  # one hanzi alone may be the face of somebody without a picture
            whole.add(text)
        # "%(county)s的故事" fits anything somebody types: four of our own hanzi must be left.
        elif len(parts) > 1 and hanzi >= 4:
            filled.append((max(parts, key=len), re.compile(".+?".join(map(re.escape, parts)))))
    return Ours(frozenset(whole), tuple(one for one in whole if len(HANZI.findall(one)) >= SURE), tuple(filled))


def leftovers(page: str, known: Ours, typed: Collection[str] = ()) -> Iterator[str]:
    """The pieces that an English reader cannot read, or counts wrong, though the words are ours."""
    read = Texts().read(page)
    for text in {*read.blocks, *read.nodes}:
        ours_alone = text
        for words in typed:
            ours_alone = ours_alone.replace(words, "")
        if _is_wrong(text, known) and _is_wrong(ours_alone.strip(), known):
            yield text


def _is_wrong(text: str, known: Ours) -> bool:
    if any(one.search(text) for one in (HALF_CHINESE, CHINESE_DAY, ONE_OF_MANY, JOINED)):
        return True
    return bool(HANZI.search(text)) and known.stands_in(text)
