"""All counties of China in one database, which no province ever has: the settings of ``make china`` alone."""

from config.settings.base import *  # noqa: F403
from tests.china import country

country.take_whole()
JIETI_PROVINCE = country.WHOLE
WAKE_RELAY = False  # two hands of our own empty the outbox
