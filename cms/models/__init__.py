"""A county's own pages in Wagtail: front page, stories, villages and people, and who approves them."""

from cms.models.base import TAKEN, CountyPage, Place
from cms.models.consents import Consent, PictureAnswer
from cms.models.home import CountyHome
from cms.models.places import PersonPage, VillagePage
from cms.models.story import StoryPage
from cms.models.tasks import ProvinceReview

__all__ = [
    "TAKEN",
    "Consent",
    "CountyHome",
    "CountyPage",
    "PersonPage",
    "PictureAnswer",
    "Place",
    "ProvinceReview",
    "StoryPage",
    "VillagePage",
]
