"""Does a package keep the rules of the day it is printed? Pure functions over dated tables.

``check(package, printed_on)`` says what was found and shows every sum. It knows no database, no
request and no clock: the same package on the same date gives the same report.
"""

from branding.compliance.checking import check
from branding.compliance.facts import Content, Layer, Mark, PackageFacts, Processing
from branding.compliance.report import EditionReport, Finding, Report, Sum, Verdict

__all__ = [
    "Content",
    "EditionReport",
    "Finding",
    "Layer",
    "Mark",
    "PackageFacts",
    "Processing",
    "Report",
    "Sum",
    "Verdict",
    "check",
]
