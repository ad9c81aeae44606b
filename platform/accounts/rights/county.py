"""全县资料: everything a county owns, part by part; each room knows its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils.translation import gettext_noop, override

from accounts import roles
from accounts.models import Archive, Membership
from accounts.rights.bundle import Bundle, table
from accounts.states import ArchiveState
from kernel import clock
from tenants.models import County, Township, Village
from tenants.scope import county_scope

README = """{county}（{code}）全县资料

打包时间：{at}
这里是本县在借梯平台上拥有的全部资料，别的县的一件也没有。

{parts}

manifest.json 列出每个文件的大小和 SHA-256 校验值：拿到以后先核对，再解开使用。
*.json 给别的系统读，*.html 双击就能看。
人员名单里没有私人手机号；要联系谁，请在平台上看。
"""


@dataclass(frozen=True)
class Part:
    """``write`` is called inside the county's scope and puts its files below ``folder``."""

    order: int
    folder: str
    said: str
    write: Callable[[County, Bundle, str], None]


_parts: dict[str, Part] = {}


def add_part(part: Part) -> None:
    _parts[part.folder] = part


def parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda part: part.order)


class Progress:
    """Written past the transaction, on a connection of its own: a page that waits sees it move."""

    def __init__(self, archive: Archive, total: int) -> None:
        self.archive, self.total, self.step, self.done = archive, total, "", 0

    def begin(self, step: str) -> None:
        self.step = step
        self._write()

    def end(self) -> None:
        self.done += 1
        self._write()

    def _write(self) -> None:
        told = {"state": ArchiveState.BUILDING, "step": self.step[:60], "done": self.done, "total": self.total}
        for name, value in told.items():
            setattr(self.archive, name, value)
        _aside(self.archive, told)


def _aside(archive: Archive, told: dict[str, Any]) -> None:
    """One statement that commits by itself; a row that the building transaction holds is not waited for."""
    apart = connections["default"].copy()
    try:
        with apart.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
            cursor.execute(
                "UPDATE public.accounts_archive SET state = %s, step = %s, done = %s, total = %s WHERE id = %s",
                [*told.values(), archive.pk],
            )
    except Exception as held:  # progress is a courtesy: without it the archive is built all the same
        import logging

        logging.getLogger(__name__).debug("no progress: %s", type(held).__name__)
    finally:
        apart.close()


def write(place: County, target: Path, archive: Archive | None = None) -> int:
    """Returns how many files there are in it."""
    wanted = parts()
    progress = Progress(archive, len(wanted)) if archive else None
    with override("zh-hans"), Bundle(target) as bundle:
        for part in wanted:
            if progress:
                progress.begin(part.said)
            with county_scope(place):
                part.write(place, bundle, part.folder)
            if progress:
                progress.end()
        bundle.add("请先读我.txt", _readme(place, wanted).encode())
    return bundle.files


def _readme(place: County, wanted: list[Part]) -> str:
    lines = "\n".join(f"{part.folder}/　{part.said}" for part in wanted)
    at = clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return README.format(county=place.name, code=place.code, at=at, parts=lines)


# --- what the accounts and the register know of a county ------------------------------------------
def _places(place: County, bundle: Bundle, folder: str) -> None:
    facts = {
        "代码": place.code,
        "名称": place.name,
        "地市": place.prefecture,
        "主题": place.theme,
        "口号": place.saying,
        "公告": place.notice,
        "客服电话": place.service_phone,
        "联系人": place.contact_name,
        "开馆": place.opened_at,
    }
    townships = [{"乡镇": one.name} for one in Township.objects.filter(county_code=place.code).order_by("pk")]
    villages = [
        {"村": one.name, "乡镇": one.township.name}
        for one in Village.objects.filter(county_code=place.code).select_related("township").order_by("pk")
    ]
    bundle.add_json(f"{folder}/县和村.json", {"县": facts, "乡镇": townships, "村": villages})
    bundle.add_page(f"{folder}/县和村.html", f"{place.name}：县和村", table([facts]) + table(villages))


def _people(place: County, bundle: Bundle, folder: str) -> None:
    """Names and roles; private phones stay on the platform."""
    seats = Membership.objects.filter(county_code=place.code).select_related("user").order_by("granted_at", "pk")
    rows = [
        {
            "姓名": seat.user.name,
            "角色": roles.name_of(seat.role),
            "村": [str(village) for village in seat.villages.select_related("township")],
            "从": seat.granted_at,
            "到": seat.revoked_at,
        }
        for seat in seats
    ]
    bundle.add_json(f"{folder}/人员.json", rows)
    bundle.add_page(f"{folder}/人员.html", f"{place.name}：人员", table(rows))


def register_parts() -> None:
    """Called once at start."""
    add_part(Part(10, "01-县和村", gettext_noop("县的资料、乡镇和村"), _places))
    add_part(Part(20, "02-人员", gettext_noop("在本县有过角色的人，不含私人手机号"), _people))
