"""What the brand desk hands in at start: rights, clocks, kinds of the inbox, the guard of its papers."""

from pathlib import Path

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.desks import COUNTY_DESK, PROVINCE_DESK, Entry, add_entry
from branding import permissions
from kernel import inbox, papers, terms

TERM_NAMES = {
    "brand.look": _("省里看材料"),
    "brand.file": _("递交申请"),
    "brand.receipt": _("等受理通知"),
    "brand.electronic": _("电子送达视为收到"),
    "brand.correction": _("补正答复"),
    "brand.examination": _("审查期限"),
    "brand.opinion": _("审查意见答复"),
    "brand.review": _("申请复审"),
    "brand.review_not_registered": _("申请复审"),
    "brand.review_ruling": _("复审决定"),
    "brand.review_opposed": _("不予注册复审决定"),
    "brand.opposition": _("异议期"),
    "brand.opposition_answer": _("异议答辩"),
    "brand.opposition_ruling": _("异议决定"),
    "brand.certificate": _("注册有效期"),
    "brand.renewal_window": _("可以续展"),
    "brand.renewal": _("续展"),
    "brand.grace": _("续展宽展期"),
    "brand.use": _("三年不用会被撤"),
    "brand.barred": _("失效的名字还不给注册"),
}


def register() -> None:
    """Called once at start."""
    from branding import case_rules
    from branding.services import desk

    permissions.grant_permissions()
    terms.add_terms(Path(__file__).parent / "data" / "terms.csv", TERM_NAMES)
    desk.add_kinds()
    papers.guard("brand", case_rules.may_open_paper)
    inbox.add_places("brand", case_rules.places_of)
    add_entry(
        Entry(PROVINCE_DESK, 40, _("品牌注册"), "brands:list", permissions.SEE_ALL, _("共享台"), count=_open_cases)
    )
    add_entry(Entry(COUNTY_DESK, 40, _("品牌注册"), "brands:list", permissions.SEE))


def _open_cases(request: HttpRequest) -> int:
    from branding.case_selectors import open_cases

    return open_cases().count()
