"""One report from all the rules."""

from datetime import date

from branding.compliance.claims import claim_findings, mark_findings
from branding.compliance.facts import PackageFacts
from branding.compliance.kinds import kind_of
from branding.compliance.labels import edition_findings, edition_reports, run_out_words
from branding.compliance.net import net_findings
from branding.compliance.numbers import number_findings
from branding.compliance.overpack import sums_of
from branding.compliance.report import Report


def check(package: PackageFacts, printed_on: date) -> Report:
    """Check a package by the rules of the day it is printed, and by those already known to follow."""
    kind = kind_of(package, printed_on)
    editions = edition_reports(package, kind, printed_on)
    findings = (
        *edition_findings(editions, kind, printed_on),
        *net_findings(package, kind),
        *number_findings(package, kind, printed_on),
        *claim_findings(package, kind, printed_on),
        *mark_findings(package),
    )
    return Report(
        printed_on=printed_on,
        kind=kind,
        editions=editions,
        sums=sums_of(package, kind, printed_on),
        findings=findings,
        run_out=run_out_words(package, kind, printed_on),
    )
