"""Where consents meet the rest of the house: rights, papers, the gates, kept pages, the pictures' address."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.desks import COUNTY_DESK, Entry, add_entry
from kernel import inbox, papers

SEE = "cms.consent.see"
SEE_ALL = "cms.consent.see_all"
RECORD = "cms.consent.record"
WITHDRAW = "cms.consent.withdraw"
ANSWER = "cms.picture.answer"


# Pictures whose file is another than the one somebody answered for.
REPLACED = (
    "SELECT answer.image_id FROM cms_pictureanswer AS answer JOIN wagtailimages_image AS image"
    " ON image.id = answer.image_id WHERE answer.file_hash <> image.file_hash"
)


def grant_permissions() -> None:
    roles.grant(roles.WORK_TEAM, SEE, RECORD, WITHDRAW)
    roles.grant(roles.COUNTY_EDITOR, SEE, SEE_ALL, RECORD, WITHDRAW, ANSWER)
    roles.grant(roles.COUNTY_MANAGER, SEE, SEE_ALL, RECORD, WITHDRAW, ANSWER)
    roles.grant(roles.COORDINATOR, SEE, SEE_ALL, WITHDRAW)
    roles.grant(roles.AUDITOR, SEE, SEE_ALL)


def add_entries() -> None:
    add_entry(Entry(COUNTY_DESK, 42, _("同意书"), "consents:consents", SEE))
    add_entry(Entry(COUNTY_DESK, 43, _("照片里的人"), "consents:pictures", ANSWER, reading=SEE_ALL))


def know_the_consents() -> None:
    from catalog import serving
    from cms import consent_pictures, consent_rules, consents, gates, versions

    grant_permissions()
    add_entries()
    inbox.add_kind(consents.TAKEN_DOWN, _("同意到头，故事撤下了"))
    papers.guard("consent", _may_open)
    gates.add_gate(consent_rules.gate)
    consents.publish_in_one_piece()
    serving.ask(consent_pictures.keep_for)
    for name, rows in (
        ("consents", "cms_consent"),
        ("answers", "cms_pictureanswer"),
        ("signed", "cms_pictureanswer_consents"),
        ("replaced", f"wagtailimages_image WHERE id IN ({REPLACED})"),
        ("words", "public.campaigns_endorsement WHERE county_code = %(county)s AND state = 'standing'"),
        ("endorsers", "public.campaigns_endorser WHERE county_code = %(county)s"),
    ):
        versions.add_version(name, rows)


def may_see_pictures(user: Any, county_code: str) -> bool:
    return roles.may(user, ANSWER, county_code) or roles.may(user, SEE_ALL, county_code)


def _may_open(user: Any, paper: Any) -> bool:
    """The office and the province; a team member the papers they recorded."""
    from cms.consent_selectors import consents_of
    from tenants.scope import scope_of

    if not roles.may(user, SEE, paper.county_code):
        return False
    with scope_of(paper.county_code):
        return consents_of(user, paper.county_code).filter(pk=paper.object_id).exists()
