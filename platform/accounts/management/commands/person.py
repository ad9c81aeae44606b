"""People from the command line: the first coordinator's invitation, a sign-in code on paper."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import services
from accounts.models import User
from accounts.rights import goodbye
from accounts.roles import COUNTY, ROLES
from kernel.errors import DomainError
from tenants.models import County


class Command(BaseCommand):
    help = "邀请一个人，或者打印一次性登录码 / invite a person, or print a one-time sign-in code"

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        invite = acts.add_parser("invite", help="打印一次性邀请链接 / print a one-time link")
        invite.add_argument("--role", required=True, choices=sorted(ROLES))
        invite.add_argument("--phone", required=True)
        invite.add_argument("--name", default="")
        invite.add_argument("--county", default="", help="县的六位代码 / the county's six digits")
        code = acts.add_parser("code", help="打印一次性登录码 / print a one-time sign-in code")
        code.add_argument("phone")
        gone = acts.add_parser("gone", help="恢复以后，把注销过的人再注销 / after a restore: who had left leaves again")
        gone.add_argument("number", type=int, help="操作记录里的编号 / the number in the trail")
        gone.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            acts = {
                "invite": lambda: self._invite(**options),
                "code": lambda: self._code(options["phone"]),
                "gone": lambda: self._gone(options["number"], options["name"]),
            }
            acts[options["act"]]()
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _invite(self, *, role: str, phone: str, name: str, county: str, **_options: Any) -> None:
        if ROLES[role].where == COUNTY and not County.objects.filter(code=county).exists():
            raise CommandError("--county：请写一个已有的县的六位代码 / name an existing county by its six digits")
        issued = services.invite(phone=phone, name=name, role=role, county_code=county, send=False)
        self.stdout.write(issued.link)

    def _code(self, phone: str) -> None:
        user = User.objects.with_phone(phone)
        if user is None:
            raise CommandError("没有这个手机号的账号 / nobody here has this phone")
        self.stdout.write(services.print_code(user))

    def _gone(self, number: int, name: str) -> None:
        """By number and name, so that a slip of the finger erases nobody else."""
        user = User.objects.filter(pk=number, name=name, left_at__isnull=True).first()
        if user is None:
            raise CommandError(
                "没有这个编号、这个姓名、还没注销的人 / nobody of this number and name who is still here"
            )
        goodbye.again(user)
        self.stdout.write("已注销 / gone")
