"""Stories, pictures and consents of a county, for those who take everything along; and for a person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Comment, CommentReply, ModelLogEntry, Page, PageLogEntry, Revision, TaskState, WorkflowState
from wagtail.users.models import UserProfile

from accounts.models import User
from accounts.rights.bundle import Bundle, table
from accounts.rights.county import Part, add_part
from accounts.rights.holdings import Holding, Rows, Trace, add_holding, traces_of
from cms.models import Consent, CountyPage, PictureAnswer
from kernel import papers
from kernel.models import AuditEntry, Paper
from tenants.models import County
from tenants.scope import current_county

PIECE = 1024 * 1024
TRACES = (
    Trace(Page, "owner", "写", lambda row: row.title, "first_published_at"),
    Trace(Revision, "user", "存了一稿", lambda row: row.object_str, "created_at"),
    Trace(WorkflowState, "requested_by", "交上去", lambda row: row.content_object or "", "created_at"),
    Trace(
        TaskState, "finished_by", lambda row: row.status, lambda row: row.revision.object_str, "finished_at", "comment"
    ),
    Trace(PageLogEntry, "user", lambda row: row.action, lambda row: row.label, "timestamp"),
    Trace(ModelLogEntry, "user", lambda row: row.action, lambda row: row.label, "timestamp"),
    Trace(Comment, "user", "批注", lambda row: row.page, "created_at", "text"),
    Trace(CommentReply, "user", "回批注", lambda row: row.comment.page, "created_at", "text"),
    Trace(get_image_model(), "uploaded_by_user", "传图片", lambda row: row.title, "created_at"),
    Trace(get_document_model(), "uploaded_by_user", "传文件", lambda row: row.title, "created_at"),
    Trace(PictureAnswer, "by", "说明照片里有没有人", lambda row: row.image.title, "at"),
)


def register() -> None:
    """Called once at start."""
    add_part(Part(40, "04-故事", gettext_noop("故事和别的页面、图片（原图和网页用图）、文件、同意书"), _write))
    add_holding(Holding("pages", 210, _("故事"), _("您写的页面、编辑台的偏好"), _pages_of, _erase, in_counties=True))
    add_holding(
        Holding(
            "consents",
            930,
            _("同意书"),
            _("您登记或经手撤回的同意书，连同经手人的姓名"),
            _consents_of,
            law=_("《个人信息保护法》第十四条、第十五条：要能证明取得过同意、按时撤下"),
            until=_("同意书到期后三年"),
            places=("cms_consent",),
            in_counties=True,
        )
    )


def _write(place: County, bundle: Bundle, folder: str) -> None:
    pages = []
    for page in Page.objects.order_by("path").specific():
        if isinstance(page, CountyPage):
            pages.append(_page(page))
            _write_page(page, bundle, folder)
    bundle.add_json(f"{folder}/页面.json", pages)
    for image in get_image_model().objects.order_by("pk"):
        _files(bundle, f"{folder}/图片/{image.pk}", image.file, "原图")
        for rendition in image.renditions.order_by("pk"):
            _files(bundle, f"{folder}/图片/{image.pk}", rendition.file, str(rendition.pk))
    for document in get_document_model().objects.order_by("pk"):
        _files(bundle, f"{folder}/文件/{document.pk}", document.file, "文件")
    _consents(place, bundle, folder)


def _page(page: CountyPage) -> dict[str, Any]:
    """The last draft and what is public of it, block by block."""
    told: dict[str, Any] = {
        "编号": page.pk,
        "类型": type(page).__name__,
        "标题": page.title,
        "网址": page.url_path,
        "已发布": page.live,
        "首次发布": page.first_published_at,
        "一句话": page.standfirst,
    }
    for name in (*type(page).goods_streams, "sources", "intro", "words"):
        value = getattr(page, name, None)
        if value:
            told[name] = value.get_prep_value() if hasattr(value, "get_prep_value") else str(value)
    draft = page.get_latest_revision()
    told["最新草稿"] = draft.content if draft else None
    return told


def _write_page(page: CountyPage, bundle: Bundle, folder: str) -> None:
    """The words as they read; what a block shows of goods is in the county's goods."""
    body = "".join(
        f"<section>{block.render()}</section>"
        for name in type(page).goods_streams
        for block in (getattr(page, name, None) or ())
    )
    bundle.add_page(f"{folder}/页面/{page.pk}.html", page.title, f"<p><b>{escape(page.standfirst)}</b></p>{body}")


def _files(bundle: Bundle, home: str, file: Any, name: str) -> None:
    if not file or not file.storage.exists(file.name):
        return
    ending = file.name.rpartition(".")[2][:5]
    with file.open("rb") as opened:
        bundle.add_pieces(f"{home}-{name}.{ending}", iter(lambda: opened.read(PIECE), b""))


def _consents(place: County, bundle: Bundle, folder: str) -> None:
    rows = []
    for consent in Consent.objects.order_by("pk"):
        rows.append(
            {
                "编号": consent.pk,
                "姓名": consent.name,
                "照片": consent.for_photo,
                "名字": consent.for_name,
                "故事": consent.for_story,
                "从": consent.given_on,
                "到": consent.until,
                "撤回": consent.withdrawn_at,
            }
        )
        for paper in Paper.objects.filter(
            object_kind="consent", object_id=str(consent.pk), county_code=place.code, removed_at=None
        ):
            bundle.add(f"{folder}/同意书/{consent.pk}-{paper.pk}-{papers.plain_name(paper.name)}", papers.read(paper))
    bundle.add_json(f"{folder}/同意书.json", rows)
    bundle.add_page(f"{folder}/同意书.html", f"{place.name}：同意书", table(rows))


# --- a person -------------------------------------------------------------------------------------
def _pages_of(user: User) -> Rows:
    yield from traces_of(user, TRACES, "页面")
    for liked in UserProfile.objects.filter(user=user):
        yield {"编辑台的语言": liked.preferred_language, "时区": liked.current_time_zone, "外观": liked.theme}


def _consents_of(user: User) -> Rows:
    for consent in Consent.objects.filter(Q(recorded_by=user) | Q(pk__in=_withdrawn_by(user))).order_by("pk"):
        yield {"同意书": consent.pk, "登记": consent.recorded_at, "撤回": consent.withdrawn_at}


def _withdrawn_by(user: User) -> list[int]:
    """The row itself keeps only a name, which two people may share."""
    county = current_county()
    said = AuditEntry.objects.filter(action="consent.withdraw", by=user, county_code=county.code if county else "")
    return [int(pk) for pk in said.values_list("object_id", flat=True)]


def _erase(user: User) -> None:
    """Pages are the county's and stay; what Wagtail remembers of the person's desk goes."""
    UserProfile.objects.filter(user=user).delete()
