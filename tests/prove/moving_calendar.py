"""A province's own settings, save that its calendar may be moved: goodbyes, endorsements and consents end in weeks."""

from config.settings.base import *  # noqa: F403

CLOCK_MAY_SHIFT = True
