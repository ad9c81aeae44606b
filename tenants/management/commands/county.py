"""``jieti county``: open, list, suspend, resume, archive, check and migrate counties."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import outbox
from kernel.errors import DomainError
from tenants import migrating, opening, register, schemas, selectors, services
from tenants.links_up import pointing_at_nothing
from tenants.models import County, Opening, OpeningBatch
from tenants.states import OpeningState

PATIENCE = 900  # seconds an opening may take before the command gives up waiting


class Command(BaseCommand):
    help = "开县、暂停、归档、核对"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        opened = verbs.add_parser("open", help="开一个或多个县")
        opened.add_argument("codes", nargs="*")
        opened.add_argument("--all", action="store_true", dest="whole_province", help="开全省的县")
        opened.add_argument("--service-phone", default="")
        verbs.add_parser("list", help="全省的县")
        for verb, note in (("suspend", "--notice"), ("archive", "--note")):
            part = verbs.add_parser(verb)
            part.add_argument("code")
            part.add_argument(note, required=True, dest="note")
        verbs.add_parser("resume").add_argument("code")
        verbs.add_parser("check", help="核对每个县的库表").add_argument("codes", nargs="*")
        verbs.add_parser("migrate", help="把县的库表升到这一版")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"do_{verb}")(**options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def do_open(self, codes: list[str], whole_province: bool, service_phone: str, **_options: Any) -> None:
        wanted = codes or self._closed() if whole_province else codes
        if not wanted:
            raise CommandError(_("没有要开的县：写县代码，或用 --all。"))
        phone = service_phone or settings.SITE["complaint_phone"]
        plans = [opening.Plan(code, service_phone=phone) for code in dict.fromkeys(wanted)]
        self._wait(opening.plan_counties(plans))

    def _closed(self) -> list[str]:
        return [row.division.code for row in selectors.province_rows() if not row.county]

    def _wait(self, batch: OpeningBatch) -> None:
        """Work along with the running platform until every county is open or stuck."""
        said: set[str] = set()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            worked = outbox.relay_once(limit=5)
            self._say(batch, said)
            if selectors.progress(batch).over:
                break
            if not worked:
                time.sleep(0.2)
        progress = selectors.progress(batch)
        if progress.done < progress.total:
            raise CommandError(
                _("%(done)s 个开好，%(rest)s 个没有开好。")
                % {"done": progress.done, "rest": progress.total - progress.done}
            )

    def _say(self, batch: OpeningBatch, said: set[str]) -> None:
        total = batch.openings.count()
        ended = Opening.objects.filter(batch=batch).exclude(state=OpeningState.WORKING)
        for one in ended.select_related("county").order_by("moved_at"):
            if one.county.code in said:
                continue
            said.add(one.county.code)
            words = one.trouble or _("开好了")
            self.stdout.write(f"{one.county.code} {one.county.name} {words} ({len(said)}/{total})")

    def do_list(self, **_options: Any) -> None:
        for row in selectors.province_rows():
            state = row.county.get_state_display() if row.county else _("未开")
            self.stdout.write(f"{row.division.code} {row.division.name} {state} {row.division.slug}")

    def do_suspend(self, code: str, note: str, **_options: Any) -> None:
        services.suspend_county(_county(code), by=None, notice=note)
        self.stdout.write(" ".join([code, _("已暂停")]))

    def do_resume(self, code: str, **_options: Any) -> None:
        services.resume_county(_county(code), by=None)
        self.stdout.write(" ".join([code, _("已恢复")]))

    def do_archive(self, code: str, note: str, **_options: Any) -> None:
        services.archive_county(_county(code), by=None, note=note)
        self.stdout.write(" ".join([code, _("已归档")]))

    def do_check(self, codes: list[str], **_options: Any) -> None:
        bad = 0
        counties = County.objects.filter(schema_state__isnull=False)
        for county in counties.filter(code__in=codes) if codes else counties:
            lines = schemas.differences(county.schema_name) or pointing_at_nothing(county)
            bad += bool(lines)
            verdict = _("不一致") if lines else _("一致")
            self.stdout.write(f"{county.code} {county.name} {verdict}")
            for line in lines:
                self.stdout.write(f"{county.code}   {line}")
        if bad:
            raise CommandError(
                ngettext(
                    "%(bad)s 个县和模板不一致。",
                    "%(bad)s 个县和模板不一致。",
                    bad,
                )
                % {"bad": bad}
            )

    def do_migrate(self, **_options: Any) -> None:
        report = migrating.migrate_counties()
        for code, trouble in report.failed.items():
            failed = _("没有升级")
            self.stdout.write(f"{code} {failed}：{trouble}")
        self.stdout.write(
            _("%(fast)s 个快路，%(slow)s 个慢路，%(current)s 个已是新版")
            % {"fast": len(report.fast), "slow": len(report.slow), "current": len(report.current)}
        )
        if report.failed:
            raise CommandError(
                ngettext(
                    "%(bad)s 个县没有升级，仍是原来的库表。",
                    "%(bad)s 个县没有升级，仍是原来的库表。",
                    len(report.failed),
                )
                % {"bad": len(report.failed)}
            )


def _county(code: str) -> County:
    county = County.objects.filter(code=code).first()
    if county is None:
        known = register.division(code)
        words = (
            _("%(name)s还没有开馆。") % {"name": known.name}
            if known
            else _("没有代码为 %(code)s 的县。") % {"code": code}
        )
        raise CommandError(words)
    return county
