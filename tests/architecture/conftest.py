"""Two counties with rows in each, and one person of every kind."""

import logging
from dataclasses import dataclass
from typing import Any

import pytest

from tests.architecture import canary
from tests.architecture.sweep import Knocker


@dataclass
class World:
    people: dict[str, Any]
    knocker: Knocker
    wuchang: canary.Planted
    dongning: canary.Planted
    province: dict[str, Any]


@pytest.fixture
def quiet():
    """Thousands of refusals are what is wanted here; each would be a line in the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(
    quiet,
    wuchang,
    dongning,
    coordinator,
    auditor,
    shopper,
    manager,
    editor,
    team_member,
    manager_elsewhere,
    settings,
    tmp_path,
):
    from kernel import outbox

    settings.MEDIA_ROOT = str(tmp_path / "media")
    here = canary.plant(wuchang, "布谷鸟", "19977776655", "0451-55558866", by=manager, first=100)
    there = canary.plant(
        dongning, canary.WORD, canary.PHONE, canary.BUSINESS_PHONE, by=manager_elsewhere, first=canary.FAR
    )
    while outbox.relay_once():
        pass
    people = {
        "stranger": None,
        "shopper": shopper,
        "elsewhere": manager_elsewhere,
        "team": team_member,
        "editor": editor,
        "manager": manager,
        "coordinator": coordinator,
        "auditor": auditor,
    }
    return World(people, Knocker(people), here, there, _province(coordinator, auditor))


def _province(coordinator, auditor) -> dict[str, Any]:
    """Rows of the province's own desk that its addresses name."""
    from accounts.models import Membership, ResetRequest
    from accounts.services import invite, reset_second_factor
    from console.models import CountyList
    from kernel import clock, outbox
    from kernel.models import OutboxRow
    from tests.factories.people import make_person

    colleague = make_person("coordinator", name="省里同事")
    invited = invite(phone="19955554433", name="新协调员", role="coordinator", by=coordinator)
    reset_second_factor(colleague, by=coordinator, reason="手机丢了")
    county_list = CountyList.objects.create(by=coordinator, at=clock.now(), file_name="名单.csv", how="CSV", rows="[]")
    outbox.announce("county.step", {"opening": 0, "step": "x"}, key="doors")
    row = OutboxRow.objects.latest("pk")
    row.state = OutboxRow.State.DEAD
    row.save()
    return {
        "brand": _case(colleague).pk,
        "package_round": _package(colleague).pk,
        "person": colleague.pk,
        "seat": Membership.objects.get(user=colleague).pk,
        "invitation": invited.invitation.pk,
        "token": invited.token,
        "reset": ResetRequest.objects.get().pk,
        "list": county_list.pk,
        "job": row.pk,
        **_messages(),
    }


def _case(by):
    from branding.services import cases

    return cases.open_case("230184", by=by, candidates=["山椴语"])


def _package(by):
    from branding.models import PackageRequest
    from kernel import clock

    now = clock.now()
    return PackageRequest.objects.create(
        county_code="230184",
        product_id=1,
        product_name="五常大米",
        state="request",
        created_by=by,
        saved_at=now,
        submitted_at=now,
    )


def _messages() -> dict[str, Any]:
    """A message that may be sent again, and the switch pulled for a kind that nothing else here sends."""
    from accounts.messages import send
    from accounts.models import MessageStop, SmsMessage

    message = send("reminder", "19955554434", sentence="五常市的下一级是“第一件产品”。")
    SmsMessage.objects.filter(pk=message.pk).update(state="refused")
    return {"message": message.pk, "message_stop": MessageStop.objects.create(kind="archive.ready", note="试").pk}
