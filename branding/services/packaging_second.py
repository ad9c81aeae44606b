"""What one person says they read in a standard, another compares: the second pair of eyes of a check.

Whoever wants the package printed types the figure that lets it pass; alone they would be their own judge.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branding import packaging_entries as entries
from branding import packaging_rules as rules
from branding.models import ComplianceRun, PackageRequest
from branding.packaging_errors import NotYoursToSign, OtherFiles
from branding.packaging_states import PackageState
from branding.services.packaging_check import freeze, must_lie_ahead
from branding.services.packaging_desk import (
    done,
    locked,
    must_be,
    note,
    tell_check_again,
)
from kernel import clock
from kernel.errors import NoteMissing
from kernel.sentences import is_said


@transaction.atomic
def confirm_reading(case: PackageRequest, run_pk: int, *, by: Any, words: str) -> ComplianceRun:
    """What was read is what the standard says: the check passes, the files are frozen."""
    case, run = _waiting(case, run_pk, by=by)
    if not is_said(words):
        raise NoteMissing(_("写一句对照了哪一份原文、哪一条，再通过。"))
    if run.printed_on is not None:
        must_lie_ahead(run.printed_on)
    _settle(run, by=by, words=words, passed=True)
    done(entries.SECOND, case, by=by)
    note("second", case, by=by, agreed=True, sha256=run.files_sha256)
    freeze(case, run.files_sha256, by=by)
    return run


@transaction.atomic
def refuse_reading(case: PackageRequest, run_pk: int, *, by: Any, words: str) -> ComplianceRun:
    """It does not say so: back to whoever checks, with the reason."""
    case, run = _waiting(case, run_pk, by=by)
    if not is_said(words):
        raise NoteMissing(_("写一句哪里和原文对不上，设计师照着改。"))
    _settle(run, by=by, words=words, passed=False)
    done(entries.SECOND, case, by=by)
    tell_check_again(case, returned_by=by)
    note("second", case, by=by, agreed=False, words=words.strip()[:300])
    return run


def _waiting(case: PackageRequest, run_pk: int, *, by: Any) -> tuple[PackageRequest, ComplianceRun]:
    """The newest check under the case's lock, if it still waits for this person and for these files."""
    case = locked(case)
    must_be(case, PackageState.CHOSEN)
    run = rules.waiting_run(case)
    if run is None or run.pk != run_pk:
        raise OtherFiles(_("这次检查已经不是最新的了：文件换过、又查了一次，或者别人已经核过。请刷新页面。"))
    if not rules.may_second(by, case, run):
        raise NotYoursToSign(_("查的人和设计师自己不能复核，要另一个人：包装台的同事，或者县市场监管。"))
    return case, run


def _settle(run: ComplianceRun, *, by: Any, words: str, passed: bool) -> None:
    run.second_by, run.second_by_name, run.second_at = by, str(by), clock.now()
    run.second_words, run.passed = words.strip()[:300], passed
    run.save(update_fields=["second_by", "second_by_name", "second_at", "second_words", "passed"])
