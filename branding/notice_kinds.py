"""Which document moves a case from where to where, what it must say, which clocks it starts and stops.

The second half of the state table: ``BRAND_MOVES`` says what may follow what, this says with which
paper. Every move after ``prepared`` has its document here; there is no other way.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from branding.states import CERTIFIED
from branding.states import BrandState as S

ALL_CLOCKS = "*"


@dataclass(frozen=True)
class NoticeKind:
    """One kind of document.

    ``moves`` maps the state it may come in to the state it leads to (the same: it moves nothing).
    ``asks`` are the particulars it must carry, ``answer`` the kind that answers it, ``needs`` what
    must lie in the case since it came to this state, ``starts_after`` the clocks it starts instead where
    it answers that kind. ``official`` ones come from the 国家局 and
    have a number and a day of receipt; the others are ours.
    """

    code: str
    name: Any
    moves: dict[str, str]
    title: Any = ""
    official: bool = True
    asks: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    starts_after: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stops: tuple[str, ...] = ()
    answer: str = ""
    needs: dict[str, str] = field(default_factory=dict)
    trouble: bool = False

    @property
    def line(self) -> Any:
        """What the rung of the ladder says."""
        return self.title or self.name


_ALL = (
    NoticeKind(
        "filing",
        _("递交回执"),
        {S.PREPARED: S.FILED},
        _("递交申请"),
        official=False,
        asks=("online", "old_case"),
        starts=("brand.receipt",),
        stops=("brand.file",),
    ),
    NoticeKind(
        "correction",
        _("补正通知书"),
        {S.FILED: S.CORRECTION},
        _("收到补正通知，30 天内答复"),
        starts=("brand.correction",),
        stops=("brand.receipt",),
        answer="correction_answer",
        trouble=True,
    ),
    NoticeKind(
        "correction_answer",
        _("补正答复"),
        {S.CORRECTION: S.CORRECTION},
        official=False,
        starts=("brand.receipt",),
        stops=("brand.correction",),
    ),
    NoticeKind(
        "acceptance",
        _("受理通知书"),
        {S.FILED: S.ACCEPTED, S.CORRECTION: S.ACCEPTED},
        _("受理"),
        asks=("application_no",),
        starts=("brand.examination",),
        stops=("brand.receipt", "brand.correction"),
        needs={S.CORRECTION: "correction_answer"},
    ),
    NoticeKind(
        "not_accepted",
        _("不予受理通知书"),
        {S.FILED: S.LAPSED, S.CORRECTION: S.LAPSED},
        _("不予受理"),
        stops=(ALL_CLOCKS,),
        trouble=True,
    ),
    NoticeKind(
        "examining",
        _("商标流程查询单"),
        {S.ACCEPTED: S.EXAMINED},
        _("国家局实质审查"),
        official=False,
    ),
    NoticeKind(
        "opinion",
        _("审查意见书"),
        {S.EXAMINED: S.EXAMINED},
        _("收到审查意见，15 天内答复"),
        starts=("brand.opinion",),
        answer="opinion_answer",
        trouble=True,
    ),
    NoticeKind(
        "opinion_answer",
        _("审查意见答复"),
        {S.EXAMINED: S.EXAMINED},
        official=False,
        starts=("brand.examination",),
        stops=("brand.opinion",),
    ),
    NoticeKind(
        "publication",
        _("初步审定公告"),
        {S.EXAMINED: S.PUBLISHED, S.REVIEW: S.PUBLISHED},
        _("初审公告，三个月内可以异议"),
        asks=("issue",),
        starts=("brand.opposition",),
        stops=("brand.examination", "brand.opinion", "brand.review_ruling", "brand.review_opposed"),
    ),
    NoticeKind(
        "refusal",
        _("驳回通知书"),
        {S.EXAMINED: S.REFUSED},
        _("驳回，15 天内可以复审"),
        starts=("brand.review",),
        stops=("brand.examination", "brand.opinion"),
        answer="review",
        trouble=True,
    ),
    NoticeKind(
        "review",
        _("驳回复审申请书"),
        {S.REFUSED: S.REVIEW},
        _("申请复审"),
        official=False,
        starts=("brand.review_ruling",),
        starts_after={"opposition_lost": ("brand.review_opposed",)},
        stops=("brand.review", "brand.review_not_registered"),
    ),
    NoticeKind(
        "review_lost",
        _("复审决定书（不予注册）"),
        {S.REVIEW: S.LAPSED},
        _("复审没有通过"),
        stops=(ALL_CLOCKS,),
        trouble=True,
    ),
    NoticeKind(
        "no_review",
        _("不申请复审的声明"),
        {S.REFUSED: S.LAPSED},
        _("不申请复审，驳回生效"),
        official=False,
        stops=(ALL_CLOCKS,),
        trouble=True,
    ),
    NoticeKind(
        "opposition",
        _("异议答辩通知书"),
        {S.PUBLISHED: S.OPPOSED},
        _("有人异议，30 天内答辩"),
        starts=("brand.opposition_answer", "brand.opposition_ruling"),
        stops=("brand.opposition",),
        answer="opposition_answer",
        trouble=True,
    ),
    NoticeKind(
        "opposition_answer",
        _("异议答辩书"),
        {S.OPPOSED: S.OPPOSED},
        official=False,
        stops=("brand.opposition_answer",),
    ),
    NoticeKind(
        "opposition_lost",
        _("不予注册决定书"),
        {S.OPPOSED: S.REFUSED},
        _("异议成立，15 天内可以复审"),
        starts=("brand.review_not_registered",),
        stops=("brand.opposition_answer", "brand.opposition_ruling"),
        answer="review",
        trouble=True,
    ),
    NoticeKind(
        "certificate",
        _("商标注册证"),
        {S.PUBLISHED: S.REGISTERED, S.OPPOSED: S.REGISTERED, S.REVIEW: S.REGISTERED},
        _("拿到注册证"),
        asks=("registration_no", "registered_on", "nice_classes"),
        starts=("brand.renewal", "brand.grace", "brand.use"),
        stops=(
            "brand.opposition",
            "brand.opposition_answer",
            "brand.opposition_ruling",
            "brand.review_ruling",
            "brand.review_opposed",
        ),
    ),
    NoticeKind(
        "use",
        _("使用证据"),
        {S.REGISTERED: S.REGISTERED, S.RENEWED: S.RENEWED},
        _("存了使用证据"),
        official=False,
        starts=("brand.use",),
        stops=("brand.use",),
    ),
    NoticeKind(
        "renewal",
        _("核准续展证明"),
        {S.REGISTERED: S.RENEWED, S.RENEWED: S.RENEWED},
        _("续展十年"),
        asks=("applied_on",),
        starts=("brand.renewal", "brand.grace"),
        stops=("brand.renewal", "brand.grace"),
    ),
    NoticeKind(
        "cancelled",
        _("注销或撤销公告"),
        {S.REGISTERED: S.LAPSED, S.RENEWED: S.LAPSED},
        _("注册失效"),
        stops=(ALL_CLOCKS,),
        trouble=True,
    ),
    NoticeKind(
        "withdrawal",
        _("撤回申请书"),
        dict.fromkeys(
            (S.FILED, S.CORRECTION, S.ACCEPTED, S.EXAMINED, S.PUBLISHED, S.OPPOSED, S.REVIEW),
            S.WITHDRAWN,
        ),
        _("撤回，不办了"),
        official=False,
        stops=(ALL_CLOCKS,),
        trouble=True,
    ),
    NoticeKind(
        "surrender",
        _("商标注销申请书"),
        dict.fromkeys((S.REGISTERED, S.RENEWED), S.WITHDRAWN),
        _("自己注销，不要了"),
        official=False,
        stops=(ALL_CLOCKS,),
        trouble=True,
    ),
)
NOTICE_KINDS: dict[str, NoticeKind] = {kind.code: kind for kind in _ALL}
ANSWER_OF: dict[str, str] = {kind.code: kind.answer for kind in _ALL if kind.answer}


def kind_of(code: str, from_state: str) -> NoticeKind:
    """The kind of a kept document. One that gave up a registered mark was once entered as a withdrawal."""
    return NOTICE_KINDS["surrender" if code == "withdrawal" and from_state in CERTIFIED else code]


def kinds_from(state: str) -> list[NoticeKind]:
    """What an officer may enter while a case stands there, in the order of the road."""
    return [kind for kind in _ALL if state in kind.moves]


# While a case stands in a state, at least one of these runs: no case waits without a clock.
WAITING = {
    S.PREPARED: {"brand.file"},
    S.FILED: {"brand.receipt"},
    S.CORRECTION: {"brand.correction", "brand.receipt"},
    S.ACCEPTED: {"brand.examination"},
    S.EXAMINED: {"brand.examination"},
    S.PUBLISHED: {"brand.opposition"},
    S.OPPOSED: {"brand.opposition_ruling"},
    S.REFUSED: {"brand.review", "brand.review_not_registered"},
    S.REVIEW: {"brand.review_ruling", "brand.review_opposed"},
    S.REGISTERED: {"brand.renewal"},
    S.RENEWED: {"brand.renewal"},
}
