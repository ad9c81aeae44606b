"""``jieti county``: open, list, suspend, resume, archive, check and migrate counties."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import outbox
from kernel.asking import agrees
from kernel.errors import DomainError
from tenants import migrating, opening, register, schemas, selectors, services
from tenants.links_up import pointing_at_nothing
from tenants.models import County, Opening
from tenants.states import CountyState, OpeningState

OPENED = (CountyState.OPEN, CountyState.SUSPENDED)
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
        wanted = codes or self._not_open() if whole_province else codes
        if not wanted and whole_province:
            self.stdout.write(_("全省的县都开了。"))
            return
        if not wanted:
            raise CommandError(_("没有要开的县：写县代码，或用 --all。"))
        phone = service_phone or settings.SITE["complaint_phone"]
        wanted = list(dict.fromkeys(wanted))
        under_way = self._begun(wanted)
        fresh = [code for code in wanted if code not in under_way]
        if whole_province and fresh and not agrees(_("要开 %(n)s 个县，开了撤不回。开吗？") % {"n": len(fresh)}):
            return
        plans = [opening.Plan(code, service_phone=phone) for code in fresh]
        if plans:
            opening.plan_counties(plans)
        self._wait([code for code in wanted if under_way.get(code) not in OPENED])

    def _not_open(self) -> list[str]:
        return [
            row.division.code
            for row in selectors.province_rows()
            if row.state in {CountyState.PLANNED, CountyState.OPENING}
        ]

    def _begun(self, codes: list[str]) -> dict[str, str]:
        """Those that an earlier run, or the desk, has begun already: the open ones are said, the others waited for."""
        begun = County.objects.filter(code__in=codes, state__in=[CountyState.OPENING, *OPENED]).order_by("code")
        for county in begun:
            if county.state in OPENED:
                self.stdout.write(" ".join([county.code, county.name, _("已经开馆")]))
        return {county.code: county.state for county in begun}

    def _wait(self, codes: list[str]) -> None:
        """Work along with the running platform until every county is open or stuck."""
        openings = Opening.objects.filter(county__code__in=codes).select_related("county")
        said: set[str] = set()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            worked = outbox.relay_once(limit=5)
            self._say(openings, said, len(codes))
            if len(said) == len(codes):
                break
            if not worked:
                time.sleep(0.2)
        done = openings.filter(state=OpeningState.DONE).count()
        if done < len(codes):
            raise CommandError(_("%(done)s 个开好，%(rest)s 个没有开好。") % {"done": done, "rest": len(codes) - done})

    def _say(self, openings: QuerySet[Opening], said: set[str], total: int) -> None:
        for one in openings.exclude(state=OpeningState.WORKING).order_by("moved_at"):
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
        county = _county(code)
        if not agrees(_("归档%(county)s以后，它的网页和产品都没有了，不能撤回。归档吗？") % {"county": county.name}):
            return
        services.archive_county(county, by=None, note=note)
        self.stdout.write(" ".join([code, _("已归档")]))

    def do_check(self, codes: list[str], **_options: Any) -> None:
        bad = 0
        made = County.objects.filter(schema_state__isnull=False)
        for county in [_county(code, made) for code in codes] or made:
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


def _county(code: str, among: QuerySet[County] | None = None) -> County:
    counties = County.objects.all() if among is None else among
    county = counties.filter(code=code).first()
    if county is None:
        known = register.division(code)
        words = (
            _("%(name)s还没有开馆。") % {"name": known.name}
            if known
            else _("没有代码为 %(code)s 的县。") % {"code": code}
        )
        raise CommandError(words)
    return county
