"""Who may do what on the brand desk."""

from accounts import roles

SEE = "branding.case.see"
SEE_ALL = "branding.case.see_all"
WRITE = "branding.case.write"
WRITE_ALL = "branding.case.write_all"
OFFICER = "branding.case.officer"


def grant_permissions() -> None:
    """A work team works its own villages' cases; the county its county's; the province all."""
    roles.grant(roles.WORK_TEAM, SEE, WRITE)
    for office in (roles.COUNTY_EDITOR, roles.COUNTY_MANAGER):
        roles.grant(office, SEE, SEE_ALL, WRITE, WRITE_ALL)
    for desk in (roles.BRAND_OFFICER, roles.COORDINATOR):
        roles.grant(desk, SEE, SEE_ALL, OFFICER)
    roles.grant(roles.AUDITOR, SEE, SEE_ALL)
