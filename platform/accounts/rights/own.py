"""What the accounts themselves, and the floor below them, hold about a person."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import roles, second_factor
from accounts.messages.kinds import name_of
from accounts.models import Invitation, MailMessage, Membership, OneTimeCode, ResetRequest, SmsMessage, User
from accounts.rights.holdings import GONE, Holding, Rows, add_holding
from kernel import clock, inbox
from kernel.models import AuditEntry, Deadline, InboxItem, Paper
from kernel.privacy import keyed_hash
from tenants import register
from tenants.models import County, CountyMove, OpeningBatch


def register_holdings() -> None:
    """Called once at start."""
    for holding in (
        Holding("account", 10, _("账号"), _("姓名、手机号、邮箱、语言、密码的摘要"), _account, _erase_account),
        Holding("seats", 20, _("角色"), _("在哪个县、什么角色、从什么时候到什么时候；不带姓名"), _seats, _end_seats),
        Holding(
            "proofs", 30, _("登录"), _("登录着的设备和地址、动态验证码、没用完的登录码"), _sessions, _erase_sessions
        ),
        Holding("invitations", 40, _("邀请"), _("收到的邀请：姓名、手机号、角色"), _invitations, _erase_invitations),
        Holding("messages", 50, _("短信和邮件"), _("什么时候收到哪一种；内容发出就抹掉"), _messages, _erase_messages),
        Holding("inbox", 60, _("待办"), _("分给您的事和期限，您办好、退回的事"), _inbox, _erase_inbox),
        Holding("county_moves", 70, _("办过的县"), _("开馆、暂停等步骤上的姓名"), _county_moves, _erase_county_moves),
        Holding(
            "audit",
            900,
            _("操作记录"),
            _("您做过什么、看过什么，连同当时的姓名"),
            _audit,
            law=_("《网络安全法》第二十一条：网络日志留存不少于六个月；记录只增不改，才能作证"),
            until=_("按省里的审计规定，不少于六个月"),
            places=("kernel_auditentry",),
        ),
        Holding(
            "papers",
            910,
            _("案件文件"),
            _("您交来的执照、通知书、签字等文件，连同交来时的姓名"),
            _papers,
            law=_("《商标法》第四条、第九条：注册申请与持有的凭据；《民法典》第一百八十八条：三年诉讼时效"),
            until=_("到品牌或包装案件结案后三年"),
            places=("kernel_paper",),
        ),
    ):
        add_holding(holding)


# --- the account ----------------------------------------------------------------------------------
def _account(user: User) -> Rows:
    yield {
        "账号编号": user.username,
        "姓名": user.name,
        "手机号": user.phone,
        "邮箱": user.mail,
        "语言": user.language or "zh-hans",
        "建立": user.date_joined,
        "上次登录": user.last_login,
        "设了密码": user.has_usable_password(),
        "设了动态验证码": second_factor.is_set_up(user),
    }


def _erase_account(user: User) -> None:
    """The row stays with its opaque number, because other rows point at it; the person is no longer in it."""
    user.name, user.phone, user.phone_hash, user.mail, user.language = GONE, "", None, "", ""
    user.mail_confirmed_at, user.last_login = None, None
    user.is_active, user.left_at, user.session_round = False, clock.now(), user.session_round + 1
    user.set_unusable_password()
    user.save()


def _seats(user: User) -> Rows:
    for seat in Membership.objects.filter(user=user).order_by("granted_at"):
        yield {
            "在哪里": register.name_of(seat.county_code) if seat.county_code else "省平台",
            "角色": roles.name_of(seat.role),
            "从": seat.granted_at,
            "到": seat.revoked_at,
            "村": [str(village) for village in seat.villages.all()],
        }


def _end_seats(user: User) -> None:
    Membership.objects.current().filter(user=user).update(revoked_at=clock.now(), revoked_by=user)
    inbox.release(user, seats=[], by=user)  # no open items are left, and a clock may be
    user.groups.clear()


def _sessions(user: User) -> Rows:
    for one in UserSession.objects.filter(user=user).order_by("created_at"):
        yield {"从": one.created_at, "最近": one.last_seen_at, "地址": one.ip, "浏览器": one.user_agent}
    for proof in Authenticator.objects.filter(user=user).order_by("created_at"):
        yield {"从": proof.created_at, "最近": proof.last_used_at, "动态验证码": proof.get_type_display()}
    for code in OneTimeCode.objects.filter(user=user).order_by("pk"):
        yield {"到": code.expires_at, "登录码": code.get_kind_display()}
    for wish in ResetRequest.objects.filter(subject=user).order_by("asked_at"):
        yield {"从": wish.asked_at, "到": wish.approved_at, "请求重设动态验证码": wish.reason}


def _erase_sessions(user: User) -> None:
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    OneTimeCode.objects.filter(user=user).delete()


# --- what was written to them ----------------------------------------------------------------------
def _of_theirs(user: User) -> Q:
    mine = Q(used_by=user)
    return mine | Q(phone_hash=user.phone_hash) if user.phone_hash else mine


def _invitations(user: User) -> Rows:
    for one in Invitation.objects.filter(_of_theirs(user)).order_by("created_at"):
        yield {
            "姓名": one.name,
            "角色": roles.name_of(one.role),
            "在哪里": register.name_of(one.county_code) if one.county_code else "省平台",
            "发出": one.sent_at,
            "接受": one.used_at,
        }


def _erase_invitations(user: User) -> None:
    mine = Invitation.objects.filter(_of_theirs(user))
    mine.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=clock.now())
    mine.update(name=GONE, phone="", phone_hash="")
    ResetRequest.objects.filter(subject=user).update(reason="")


def _messages(user: User) -> Rows:
    for one in _sms(user).order_by("created_at"):
        yield {"哪一种": name_of(one.kind), "写下": one.created_at, "状态": one.get_state_display()}
    for letter in _mails(user).order_by("created_at"):
        yield {"哪一种": name_of(letter.kind), "写下": letter.created_at, "状态": letter.get_state_display()}


def _sms(user: User) -> Any:
    return SmsMessage.objects.filter(phone_hash=user.phone_hash or "nobody")


def _mails(user: User) -> Any:
    return MailMessage.objects.filter(address_hash=keyed_hash(user.mail.lower()) if user.mail else "nobody")


def _erase_messages(user: User) -> None:
    empty = {"body": "", "params": ""}
    _sms(user).update(phone="", phone_hash="", **empty)
    _mails(user).update(address="", address_hash="", **empty)


# --- the floor ------------------------------------------------------------------------------------
def _inbox(user: User) -> Rows:
    for name, did in (("person", "分给您"), ("done_by", "您办好"), ("returned_by", "您退回")):
        for item in InboxItem.objects.filter(**{name: user}).order_by("since"):
            yield {"事": item.kind_name, "您": did, "名称": item.title, "从": item.since, "办好": item.done_at}
    for name, did in (("person", "要您办的期限"), ("stopped_by", "您办到的期限")):
        for late in Deadline.objects.filter(**{name: user}).order_by("since", "pk"):
            yield {"事": late.name, "您": did, "名称": late.title, "从": late.since, "办好": late.stopped_at}


def _erase_inbox(user: User) -> None:
    """Items that speak of the person by name: a wish to have their second factor taken away."""
    asked = [str(pk) for pk in ResetRequest.objects.filter(subject=user).values_list("pk", flat=True)]
    InboxItem.objects.filter(object_kind="reset", object_id__in=asked).update(title=GONE)


def _county_moves(user: User) -> Rows:
    for move in CountyMove.objects.filter(by=user).order_by("at"):
        yield {"什么时候": move.at, "从": move.from_state, "到": move.to_state}
    for batch in OpeningBatch.objects.filter(by=user).order_by("at"):
        yield {"什么时候": batch.at, "从": "", "到": "开一批县"}


def _erase_county_moves(user: User) -> None:
    CountyMove.objects.filter(by=user).update(by_name=GONE)
    OpeningBatch.objects.filter(by=user).update(by_name=GONE)
    for county in County.objects.filter(contact_name=user.name):
        if county.contact_phone == user.phone:
            County.objects.filter(pk=county.pk).update(contact_name="", contact_phone="")


def _audit(user: User) -> Rows:
    for entry in AuditEntry.objects.filter(by=user).order_by("at").iterator():
        yield {
            "什么时候": entry.at,
            "做了什么": entry.action,
            "对象": entry.title,
            "县": register.name_of(entry.county_code),
        }


def _papers(user: User) -> Rows:
    for paper in Paper.objects.filter(by=user).order_by("at"):
        yield {"文件": paper.name, "交来": paper.at, "大小": paper.size, "撤回": paper.removed_at}
