"""``jieti upgrade``: show what the release on disk would change, rehearse it, do it, undo it, contract."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kernel.asking import says_yes
from kernel.errors import DomainError
from tenants.upgrading import book
from tenants.upgrading.back import entry_to_undo, undo
from tenants.upgrading.plan import Plan, Step, is_fresh, make_plan
from tenants.upgrading.rehearsal import Rehearsal, rehearse
from tenants.upgrading.running import alone, check_expanding, contract, expand


class Command(BaseCommand):
    help = "升级、收尾、退回"

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--contract", action="store_true", help="收尾：旧版停掉以后，删掉没人再用的")
        what.add_argument("--back", action="store_true", help="退回：收尾以前，把这次升级全部撤销")
        what.add_argument("--history", action="store_true", help="谁在什么时候升级过什么")
        parser.add_argument("--yes", action="store_true", help="不再问")
        parser.add_argument("--dry-run", action="store_true", help="只看计划和排练")
        parser.add_argument("--no-rehearsal", action="store_true", help="不排练")
        parser.add_argument("--by", default="", help="谁在做，记进升级簿")

    def handle(self, *args: Any, **options: Any) -> None:
        self.options = options
        try:
            if options["history"]:
                self._history()
            elif options["back"]:
                self._back()
            else:
                self._forward()
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _forward(self) -> None:
        if is_fresh():
            raise CommandError(_("这里还没有库表，不用升级：先运行 jieti up 或 python -m config.first_start prepare。"))
        contracting = self.options["contract"]
        with alone():
            plan = make_plan()
            self._show(plan, contracting)
            if not contracting:
                check_expanding(plan)
        if not (plan.contracting if contracting else plan.expanding) and not plan.behind:
            self._say_nothing(plan, contracting)
            return
        self._rehearse(plan, contracting)
        if self.options["dry_run"] or not self._agreed():
            return
        with alone():
            run = contract if contracting else expand
            run(make_plan(), by_name=self._by(), say=self._say)
        self._say_done(make_plan(), contracting)

    def _show(self, plan: Plan, contracting: bool) -> None:
        for step in plan.contracting if contracting else plan.expanding:
            self._say(f"  {self._words(step)}  {step.title}")
            for operation in step.migration.operations:
                self._say(f"      {operation.describe()}")
        left = len(plan.behind) if plan.behind else len(plan.counties)
        self._say(
            _("县 %(counties)s 个，要升级 %(left)s 个")
            % {"counties": len(plan.counties), "left": left if plan.steps or plan.behind else 0}
        )

    def _words(self, step: Step) -> str:
        kind = _("收尾") if step.contracts else _("扩展")
        place = _("县") if step.of_counties else _("省级") if step.of_public else _("不改表")
        road = _("旁建") if step.beside else _("快路") if step.fast else _("慢路")
        return f"{kind} {place} {road}"

    def _rehearse(self, plan: Plan, contracting: bool) -> None:
        """On a copy. An upgrade that goes on after it stopped was rehearsed when it began."""
        steps = plan.contracting if contracting else plan.expanding
        if self.options["no_rehearsal"] or not any(step.in_counties for step in steps):
            return
        self._say(_("正在副本上排练……"))
        told = rehearse(plan, contracting=contracting)
        self._say(self._figures(told, len(plan.counties)))

    def _figures(self, told: Rehearsal, counties: int) -> str:
        facts = {
            "public": f"{told.public:.1f}",
            "template": f"{told.template:.1f}",
            "county": f"{told.county:.3f}",
            "all": f"{told.estimate(counties):.0f}",
        }
        words = (
            _("排练通过：省级 %(public)s 秒，模板 %(template)s 秒，一个县 %(county)s 秒；全部约 %(all)s 秒。") % facts
        )
        if told.back is None:
            return words
        return words + _("退回也排练过，库表和原来一样。")

    def _agreed(self) -> bool:
        if self.options["yes"]:
            return True
        if not sys.stdin.isatty():
            raise CommandError(_("看过计划以后，加 --yes 再运行一次。"))
        return says_yes(_("现在开始吗？"))

    def _back(self) -> None:
        entry = entry_to_undo()
        for name in reversed(entry.names):
            self._say(f"  {'.'.join(name)}")
        self._say(_("退回会删掉新版加的列和表，连同写在里面的内容。"))
        if self.options["dry_run"] or not self._agreed():
            return
        with alone():
            undo(entry_to_undo(), by_name=self._by(), say=self._say)
        self._say(_("退回了。旧版可以一直用下去。"))

    def _say_nothing(self, plan: Plan, contracting: bool) -> None:
        if contracting:
            self._say(_("没有要收尾的。"))
        elif plan.contracting:
            self._say(_("没有要升级的，只剩收尾：旧版都停了以后，运行 jieti upgrade --contract。"))
        else:
            self._say(_("没有要升级的：库表已经是这一版。"))

    def _say_done(self, plan: Plan, contracting: bool) -> None:
        if contracting:
            self._say(_("收尾做完了，不能再退回。"))
        elif plan.contracting:
            self._say(
                _(
                    "升级做完了。现在启动新版、停掉旧版；放心以后运行 jieti upgrade --contract 收尾，收尾以前可用 --back 退回。"
                )
            )
        else:
            self._say(_("升级做完了。现在启动新版、停掉旧版；这一版没有要收尾的。"))

    def _history(self) -> None:
        if not book.entries():
            self._say(_("还没有升级过。"))
        for entry in book.entries():
            end = f"{entry.ended_at:%Y-%m-%d %H:%M:%S}" if entry.ended_at else ""
            words = [f"{entry.began_at:%Y-%m-%d %H:%M:%S}", end, entry.kind.label, entry.state.label, entry.release]
            self._say("  ".join(str(word) for word in [*words, entry.by_name, f"({len(entry.names)})"]))
            for line in entry.trouble.splitlines():
                self._say(f"    {line}")

    def _by(self) -> str:
        return self.options["by"] or getpass.getuser()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
