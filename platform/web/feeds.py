"""A county's stories and new goods as Atom, for readers and for other sites."""

from datetime import UTC, datetime, time
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from kernel import clock
from search.models import Listing, StoryCard
from tenants.addressing import county_url
from web.sharing import absolute, picture_url

NEWEST = 50


def stories(county: Any) -> Atom1Feed:
    feed = _feed(county, _("%(county)s的故事") % {"county": county.name}, "web:stories_feed")
    for card in StoryCard.objects.filter(county_code=county.code).order_by("-published_at", "-pk")[:NEWEST]:
        address = absolute(county_url(county.slug)) + card.url_path
        feed.add_item(
            title=card.title,
            link=address,
            unique_id=address,
            description=card.standfirst,
            author_name=county.name,
            pubdate=_noon(card.published_at),
            updateddate=_noon(card.published_at),
        )
    return feed


def goods(county: Any) -> Atom1Feed:
    feed = _feed(county, _("%(county)s新上架") % {"county": county.name}, "web:goods_feed")
    for one in Listing.objects.filter(county_code=county.code).order_by("-published_at", "-pk")[:NEWEST]:
        address = absolute(county_url(county.slug, "web:product", one.product_id))
        feed.add_item(
            title=one.title,
            link=address,
            unique_id=address,
            description=one.summary,
            author_name=one.producer_name or county.name,
            pubdate=one.published_at,
            updateddate=one.published_at,
            categories=[one.category_id],
        )
    return feed


def _feed(county: Any, title: str, name: str) -> Atom1Feed:
    here = absolute(county_url(county.slug, name))
    return Atom1Feed(
        title=title,
        link=absolute(county_url(county.slug)),
        feed_url=here,
        feed_guid=here,
        description=county.saying,
        subtitle=county.saying,
        language="zh-Hans",
        author_name=county.name,
        icon=absolute(picture_url(None)),
        updated=clock.now(),
    )


def _noon(day: Any) -> datetime:
    return datetime.combine(day, time(4), UTC)
