"""What the advertising law forbids, looked for in the words of a page: shown to whoever writes and whoever passes it.

Goods that are said to heal stop the page (食品安全法 §73, 广告法 §17); where a sentence tells of somebody at the
doctor's it is no claim about goods. Of the other words (a 国家级 reserve) who passes the page says why they may stand.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.stream_block import StreamValue
from wagtail.blocks.struct_block import StructValue
from wagtail.models import TaskState, Workflow, WorkflowState

from branding.compliance import Finding, Verdict
from branding.compliance.claims import NEVER, forbidden_anywhere
from cms import gates
from cms.errors import ClaimsUnanswered
from cms.models import CountyPage
from kernel import clock
from kernel.sentences import is_said, together

PLAIN = (
    "title",
    "role",
    "words",
    "standfirst",
    "intro",
    "delivery",
    "author",
    "seo_title",
    "search_description",
)
SENTENCE = re.compile(r"[。！？!?\n]+")
PARAGRAPH = re.compile(r"</(?:p|li)>|<br\s*/?>")
AT_THE_DOCTORS = re.compile(r"医院|住院|手术|大夫|医生|卫生院|卫生室|诊所|确诊|看病|医药费|治疗费|化疗|义诊|体检|筛查")
OF_GOODS = re.compile(r"吃|喝|食|服用|泡|涂|敷|产品|功效|作用|效果")
# Where a fact can be looked up: 国务院 is whose paper it is. What heals is looked for there, too.
CITED = "source"


@dataclass(frozen=True)
class Claim:
    """A finding with where it stands: a field's name, or which part of the text."""

    place: str
    finding: Finding
    heals: bool = False


def found(page: Any) -> list[Claim]:
    """Every forbidden word of the page as it would be published, in the order a reader meets them."""
    return [
        Claim(place, one, heals=one.code in NEVER and one.code in _claimed(text))
        for place, text in texts_of(page)
        for one in _forbidden(text)
    ]


def _heals(text: str) -> bool:
    return any(one.code in NEVER for one in _forbidden(text))


def _forbidden(text: str) -> list[Finding]:
    return [one for one in forbidden_anywhere(text, clock.today()) if one.verdict in {Verdict.FAIL, Verdict.ASK}]


def _claimed(text: str) -> set[str]:
    """What is said outside the sentences that tell of somebody's illness. With a word of eating in it, a sentence
    speaks of goods all the same: “医院治不好的，吃它就好”."""
    said = [one for one in SENTENCE.split(text) if OF_GOODS.search(one) or not AT_THE_DOCTORS.search(one)]
    return {one.code for one in _forbidden("\n".join(said))}


def texts_of(page: Any) -> Iterator[tuple[str, str]]:
    """(where, words) of every text that a reader of the page sees."""
    for name in PLAIN:
        text = getattr(page, name, "")
        if text:
            yield str(page._meta.get_field(name).verbose_name), text
    for field in page._meta.get_fields():
        value = getattr(page, field.name, None) if not field.is_relation else None
        if isinstance(value, StreamValue):
            yield from _of_stream(str(field.verbose_name), value)


def _of_stream(name: str, stream: StreamValue) -> Iterator[tuple[str, str]]:
    for number, child in enumerate(stream, 1):
        text = "\n".join(_words_in(child.value))
        if text:
            place = {"field": name, "number": number, "kind": child.block.label}
            yield _("%(field)s第 %(number)s 块（%(kind)s）") % place, text


def _words_in(value: Any) -> Iterator[str]:
    """The texts inside a block, as deep as they go; what is chosen and not written is none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, StructValue):
        for name, part in value.items():
            yield from filter(_heals if name == CITED else None, _words_in(part))
    elif isinstance(value, ListValue):
        for part in value:
            yield from _words_in(part)
    elif hasattr(value, "source"):  # RichText
        yield strip_tags(PARAGRAPH.sub("\n", value.source))
    else:  # a picture's words for those who do not see it
        yield from filter(None, [getattr(value, "contextual_alt_text", "")])


def gate(page: Any) -> list[str]:
    """Goods that are said to heal, in sentences: what keeps this page from being handed in and shown."""
    healing = [one for one in found(page) if one.heals]
    if not healing:
        return []
    said = [_("%(place)s里写了%(why)s") % {"place": one.place, "why": one.finding.why} for one in healing]
    return [*said, _("这样的话不能登。删掉；说的是谁生病，就写明在哪家医院看的。")]


def must_be_answered(page: Any, words: str) -> None:
    """Raises ClaimsUnanswered where the page has such words and whoever passes it does not say why they may stand."""
    claims = found(page)
    if claims and not is_said(words):
        raise ClaimsUnanswered(
            _(
                "里面有广告法不让用的词（%(where)s）。退回去改；真能用的，到“故事的状态”里打开这一篇，"
                "在“意见”里写一句为什么，再通过。"
            )
            % {"where": where(claims)}
        )


def where(claims: list[Claim]) -> str:
    return _("；").join(f"{one.place}{_('：')}{one.finding.why}" for one in claims[:3]).rstrip(_("。"))


def install() -> None:
    """Every way to hand in, to pass a step and to publish, ours and Wagtail's, ends in these."""
    gates.add_gate(gate)
    _before(Workflow, "start", lambda workflow, page, user: _our(page, gates.must_be_ready))
    _before(WorkflowState, "resume", lambda state, user=None: _our(state.content_object, gates.must_be_ready))
    _before(TaskState, "approve", _ask_who_passes)


def _before(kind: Any, name: str, look: Callable[..., None]) -> None:
    original = getattr(kind, name)
    if getattr(original, "looks_for_claims", False):
        return

    @wraps(original)
    def act(self: Any, *args: Any, **kwargs: Any) -> Any:
        look(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    act.looks_for_claims = True  # type: ignore[attr-defined]
    setattr(kind, name, act)


def _our(page: Any, look: Callable[[Any], None]) -> None:
    if isinstance(page.specific, CountyPage):
        look(page.specific)


def _ask_who_passes(turn: TaskState, user: Any = None, update: bool = True, comment: str = "") -> None:
    page = turn.revision.as_object()
    if isinstance(page, CountyPage):
        must_be_answered(page, comment)


def tell_the_writer(request: HttpRequest, page: Any) -> None:
    """After each saving in Wagtail's editor by hand: what it keeps by itself twice a second says nothing."""
    if isinstance(page, CountyPage) and request.accepts("text/html"):
        for one in found(page.get_latest_revision_as_object())[:5]:
            said = {"place": one.place, "why": together([one.finding.why, one.finding.mend])}
            messages.warning(request, _("%(place)s里写了%(why)s。") % said)


def refuse_past_the_road(request: HttpRequest, page: Any) -> bool:
    """Wagtail's publish button asks nobody why: such words go the road, where somebody writes it down."""
    claims = found(page.get_latest_revision_as_object()) if isinstance(page, CountyPage) else []
    if claims:
        words = _(
            "里面有广告法不让用的词（%(where)s），不能直接发布。改掉；真能用的，先交上去，通过的时候写一句为什么。"
        )
        messages.error(request, words % {"where": where(claims)})
    return bool(claims)
