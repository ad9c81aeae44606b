"""Who may do what with package designs: permissions, a role of our own, what the inbox calls things."""

from pathlib import Path

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.desks import COUNTY_DESK, PROVINCE_DESK, Entry, add_entry
from kernel import inbox, papers, terms

MARKET_SUPERVISION = "market_supervision"

SEE = "branding.package.see"
WRITE = "branding.package.write"
WRITE_ANY = "branding.package.write_any"
OFFICER = "branding.package.officer"
DESIGN = "branding.package.design"
SUPERVISE = "branding.package.supervise"
OWN = "branding.package.own"

MEND = "packaging.mend"
ASSIGN = "packaging.assign"
INVITED = "packaging.invited"
OFFERED = "packaging.offered"
DESIGN_IT = "packaging.design"
LOOK = "packaging.look"
CHECK = "packaging.check"
SECOND = "packaging.second"
NAME_OWNER = "packaging.name_owner"
SIGN_VILLAGE = "packaging.sign_village"
SIGN_SUPERVISION = "packaging.sign_supervision"
SIGN_OWNER = "packaging.sign_owner"
HAND_OVER = "packaging.hand_over"
ACCEPT = "packaging.accept"
PHOTO = "packaging.photo"
KINDS = {
    MEND: _("包装需求退回补正"),
    ASSIGN: _("包装需求待派设计师"),
    INVITED: _("邀请你设计包装"),
    OFFERED: _("有设计师报名"),
    DESIGN_IT: _("等你出稿"),
    LOOK: _("新稿待看"),
    CHECK: _("选定了，等交印刷文件、过合规"),
    SECOND: _("合规里有几条等你复核"),
    NAME_OWNER: _("等你写明谁是品牌主"),
    SIGN_VILLAGE: _("包装等村里签字"),
    SIGN_SUPERVISION: _("包装等市场监管签字"),
    SIGN_OWNER: _("包装等品牌主签字"),
    HAND_OVER: _("三方已签，等你交付"),
    ACCEPT: _("包装已交付，等你收下"),
    PHOTO: _("拍一张包装成品照片"),
}

# Lengths of data/packaging_terms.csv
TO_ASSIGN, TO_DESIGN, TO_LOOK = "packaging.assign", "packaging.design", "packaging.look"
TO_SIGN, TO_HAND_OVER, TO_ACCEPT = "packaging.sign", "packaging.hand_over", "packaging.accept"
TERM_NAMES = {
    TO_ASSIGN: _("派设计师"),
    TO_DESIGN: _("出稿"),
    TO_LOOK: _("看稿"),
    TO_SIGN: _("三方签字"),
    TO_HAND_OVER: _("交付"),
    TO_ACCEPT: _("收稿，不回话就自动放行"),
}


def register() -> None:
    """Called once at start."""
    from branding import packaging_rules, print_pack  # noqa: F401  the pack is made by the outbox

    roles.add_role(
        roles.Role(
            MARKET_SUPERVISION,
            _("县市场监管"),
            roles.COUNTY,
            False,
            frozenset({roles.COORDINATOR, roles.SECURITY_ADMIN, roles.COUNTY_MANAGER}),
            home="county",
        )
    )
    _grant()
    for kind, name in KINDS.items():
        inbox.add_kind(kind, name)
    terms.add_terms(Path(__file__).parent / "data" / "packaging_terms.csv", TERM_NAMES)
    papers.guard("package", packaging_rules.may_open_paper)
    inbox.add_places("package", packaging_rules.places_of)
    add_entry(Entry(PROVINCE_DESK, 41, _("包装设计"), "packages:queue", SEE, _("共享台"), count=_open_cases))
    add_entry(Entry(COUNTY_DESK, 41, _("包装设计"), "packages:list", SEE))


def _open_cases(request: HttpRequest) -> int:
    from branding.packaging_selectors import queue

    return queue().count()


def _grant() -> None:
    roles.grant(roles.WORK_TEAM, SEE, WRITE)
    roles.grant(roles.COUNTY_EDITOR, SEE, WRITE, WRITE_ANY)
    roles.grant(roles.COUNTY_MANAGER, SEE, WRITE, WRITE_ANY)
    roles.grant(roles.PRODUCER, SEE, OWN)
    roles.grant(MARKET_SUPERVISION, SEE, SUPERVISE)
    roles.grant(roles.COORDINATOR, SEE, OFFICER)
    roles.grant(roles.PACKAGING_OFFICER, SEE, OFFICER)
    roles.grant(roles.AUDITOR, SEE)
    roles.grant(roles.DESIGNER, DESIGN)
