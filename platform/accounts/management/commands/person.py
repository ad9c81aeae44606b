"""People from the command line: the first coordinator's invitation, a sign-in code on paper."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import services
from accounts.models import User
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

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._invite(**options) if options["act"] == "invite" else self._code(options["phone"])
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
