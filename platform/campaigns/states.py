"""How an endorsement stands, and which steps lead on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.workflow import Moves


class EndorsementState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待批")
    STANDING = "standing", _("代言中")
    ENDED = "ended", _("已结束")
    DROPPED = "dropped", _("不提了")


# Sent back is no state of its own: a draft with remarks. What ended stays ended; a new term is a new endorsement.
ENDORSEMENT_MOVES: Moves = {
    EndorsementState.DRAFT: frozenset({EndorsementState.SUBMITTED, EndorsementState.DROPPED}),
    EndorsementState.SUBMITTED: frozenset({EndorsementState.DRAFT, EndorsementState.STANDING}),
    EndorsementState.STANDING: frozenset({EndorsementState.ENDED}),
    EndorsementState.ENDED: frozenset(),
    EndorsementState.DROPPED: frozenset(),
}

EDITABLE = frozenset({EndorsementState.DRAFT})


class Ending(models.TextChoices):
    """Why an endorsement ended."""

    DATE = "date", _("到期")
    TERM = "term", _("任期结束")
    OFFICE = "office", _("撤下")
