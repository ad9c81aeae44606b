"""Every public page says what it is: to the tab, to search engines, to somebody's chat. And the maps lead to them."""

import json
import re
from html import unescape
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tenants.scope import county_scope
from tests.campaigns import words
from tests.catalog import goods
from tests.cms.pictures import answered, consent, image
from tests.factories.people import client_for

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves what it drew a picture into to the collector.
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning"
    ),
]

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def province(wuchang, manager, settings, tmp_path):
    """A product, a story with a photo, a village, a person and somebody on the wall; paths by what they are."""
    from datetime import timedelta

    from cms.models import CountyHome, PersonPage, StoryPage, VillagePage
    from kernel import clock
    from tenants.services import add_village

    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    village = add_village(wuchang, "龙凤山镇", "兴源村")
    product = goods.publish(
        wuchang, goods.hand_in(wuchang, goods.finished(wuchang, village, by=manager), by=manager), by=manager
    )
    day = clock.today()
    words.standing(
        wuchang, village, product, by=manager, starts_on=day, ends_on=day + timedelta(days=90),
        who=words.person(village, term=(day - timedelta(days=90), day + timedelta(days=90))),
    )  # fmt: skip
    with county_scope(wuchang):
        agreed = consent(given_on=day, until=day + timedelta(days=90))
        home = CountyHome.objects.get()
        told = {"standfirst": '水凉一夜"再"进田 <b>', "live": False}
        story = StoryPage(title="拉林河的水</script>", slug="river", photo=answered(image("稻田")), **told)
        pages = [
            story,
            VillagePage(title="兴源村", slug="xingyuan", **told),
            PersonPage(title="赵福贵", slug="zhao", role="种稻的", consent=agreed, **told),
        ]
        for page in [home, *pages]:
            if page is not home:
                home.add_child(instance=page)
            page.save_revision().publish()
    here = "/c/wuchang/"
    return {
        "home": "/", "season": "/season/", "stories": "/stories/", "wall": "/endorsements/", "about": "/about/",
        "search": "/search/?q=大米", "county": here, "product": f"{here}p/{product.pk}/", "story": f"{here}river/",
        "village": f"{here}xingyuan/", "person": f"{here}zhao/",
    }  # fmt: skip


THINGS = {
    "home": {"Organization", "WebSite"},
    "season": {"Organization", "CollectionPage", "BreadcrumbList"},
    "stories": {"Organization", "CollectionPage", "BreadcrumbList"},
    "wall": {"Organization", "CollectionPage", "BreadcrumbList"},
    "about": {"Organization", "CollectionPage", "BreadcrumbList"},
    "search": {"Organization"},
    "county": {"Organization", "BreadcrumbList"},
    "product": {"Organization", "Product", "BreadcrumbList"},
    "story": {"Organization", "Article", "BreadcrumbList"},
    "village": {"Organization", "Place", "BreadcrumbList"},
    "person": {"Organization", "ProfilePage", "BreadcrumbList"},
}


class Head:
    def __init__(self, html):
        top = html.partition("</head>")[0]
        self.title = unescape(re.search(r"<title>(.*?)</title>", top, re.DOTALL)[1])
        self.canonical = re.search(r'<link rel="canonical" href="([^"]+)">', top)[1]
        self.said = {name: unescape(text) for name, text in re.findall(r'<meta (?:name|property|itemprop)="([^"]+)" content="([^"]*)"', top)}  # fmt: skip
        self.data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', top, re.DOTALL)[1])
        self.feeds = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', top)  # fmt: skip

    def thing(self, kind):
        return next(one for one in self.data["@graph"] if one["@type"] == kind)


def head_of(path):
    answer = client_for().get(path)
    assert answer.status_code == 200, path
    return Head(answer.content.decode())


def test_every_page_has_a_title_a_description_a_picture_and_structured_data(province, settings):
    titles = set()
    for name, path in province.items():
        head = head_of(path)
        assert {one["@type"] for one in head.data["@graph"]} == THINGS[name], name
        assert head.title == head.said["og:title"]
        assert len(head.said["description"]) > 5
        assert head.said["description"] == head.said["og:description"]
        assert head.canonical == head.said["og:url"] == settings.PROVINCE_ORIGIN + path.partition("?")[0]
        assert head.said["og:image"].startswith(settings.PROVINCE_ORIGIN)
        titles.add(head.title)
    assert len(titles) == len(province)


def test_every_share_picture_is_one_a_chat_can_show(province, settings):
    from django.contrib.staticfiles import finders

    for name, path in province.items():
        picture = urlsplit(head_of(path).said["og:image"]).path
        assert picture.endswith((".png", ".jpg")), name
        if picture.startswith(settings.STATIC_URL):
            assert finders.find(picture.removeprefix(settings.STATIC_URL)), name
        else:
            answer = client_for().get(picture)
            assert answer.status_code == 200
            assert b"".join(answer.streaming_content)


def test_a_product_tells_its_packs_and_prices_of_now(province):
    product = head_of(province["product"]).thing("Product")
    assert product["name"] == "稻花香大米"
    assert [(one["price"], one["priceCurrency"], one["availability"]) for one in product["offers"]] == [
        ("68.00", "CNY", "https://schema.org/InStock")
    ]
    assert product["offers"][0]["seller"]["name"].endswith("稻乐合作社")


def test_a_story_tells_its_date_and_its_way(province, settings):
    head = head_of(province["story"])
    assert head.said["og:type"] == "article"
    assert head.thing("Article")["datePublished"] == head.said["article:published_time"]
    way = [one["name"] for one in head.thing("BreadcrumbList")["itemListElement"]]
    assert way == ["借梯", "五常市", "拉林河的水</script>"]
    assert [one["item"] for one in head.thing("BreadcrumbList")["itemListElement"]] == [
        f"{settings.PROVINCE_ORIGIN}/", f"{settings.PROVINCE_ORIGIN}/c/wuchang/", head.canonical,
    ]  # fmt: skip


def test_no_word_of_a_page_ends_its_data_early(province):
    html = client_for().get(province["story"]).content.decode()
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1]
    assert "<" not in data
    assert "拉林河的水\\u003C/script\\u003E" in data


def test_a_list_on_its_second_page_is_a_page_of_its_own(province, settings):
    assert head_of("/stories/?page=2&utm=x").canonical == f"{settings.PROVINCE_ORIGIN}/stories/?page=2"
    for wrong in ("1", "0", "x", "²", "-2", "9" * 400):
        head_of(f"/stories/?page={wrong}")


def test_an_own_domain_points_to_the_provinces_address(province, wuchang, settings):
    from tenants.models import Domain

    Domain.objects.create(domain="wuchang.example", tenant=wuchang, is_primary=False)
    answer = client_for().get("/river/", SERVER_NAME="wuchang.example")
    assert Head(answer.content.decode()).canonical == f"{settings.PROVINCE_ORIGIN}/c/wuchang/river/"


def test_a_desk_is_nobodys_search_result(province, manager):
    page = client_for(manager).get("/c/wuchang/desk/").content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert "og:title" not in page
    missing = client_for().get("/no-such-page/").content.decode()
    assert '<meta name="robots" content="noindex">' in missing


def locs(path, item):
    answer = client_for().get(path)
    assert answer.status_code == 200, path
    assert answer["Content-Type"].startswith("application/xml")
    return [place.findtext(f"{MAP}loc") for place in ElementTree.fromstring(answer.content).iter(f"{MAP}{item}")]


def test_the_maps_lead_to_every_public_page_by_its_one_address(province, settings):
    origin = settings.PROVINCE_ORIGIN
    maps = locs("/sitemap.xml", "sitemap")
    assert f"{origin}/c/wuchang/sitemap.xml" in maps
    assert f"{origin}/c/dongning/sitemap.xml" in maps
    found = [one for address in maps for one in locs(address.removeprefix(origin), "url")]
    assert len(found) == len(set(found))
    assert {origin + path for name, path in province.items() if name != "search"} <= set(found)
    for address in found:
        assert head_of(address.removeprefix(origin)).canonical == address


def test_what_is_gone_leaves_the_map_and_the_feeds(province, wuchang, manager):
    from catalog.models import Product
    from catalog.services import withdraw_product
    from cms.models import StoryPage

    def everywhere():
        paths = ("/c/wuchang/sitemap.xml", "/c/wuchang/stories.atom", "/c/wuchang/goods.atom")
        return "".join(client_for().get(path).content.decode() for path in paths)

    before = everywhere()
    assert before.count(province["story"]) >= 2
    assert before.count(province["product"]) >= 2
    with county_scope(wuchang):
        withdraw_product(Product.objects.get(), by=manager, note="卖完了")
        StoryPage.objects.live().get().unpublish()
    after = everywhere()
    assert province["story"] not in after
    assert province["product"] not in after


def test_drafts_stand_in_no_map(province, wuchang):
    with county_scope(wuchang):
        from cms.models import CountyHome, StoryPage

        CountyHome.objects.get().add_child(instance=StoryPage(title="没写完", slug="secret", live=False))
    for path in ("/c/wuchang/sitemap.xml", "/c/wuchang/stories.atom"):
        answer = client_for().get(path).content.decode()
        assert "secret" not in answer
        assert "没写完" not in answer


def test_the_feeds_are_atom_and_every_entry_leads_somewhere(province, settings):
    head = head_of(province["county"])
    assert head.feeds == ["/c/wuchang/stories.atom", "/c/wuchang/goods.atom"]
    for path in head.feeds:
        answer = client_for().get(path)
        assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = ElementTree.fromstring(answer.content)
        entries = list(feed.iter(f"{ATOM}entry"))
        assert len(entries) == 1
        for entry in entries:
            address = entry.find(f"{ATOM}link").get("href")
            assert entry.findtext(f"{ATOM}id") == address
            assert head_of(address.removeprefix(settings.PROVINCE_ORIGIN)).canonical == address


def test_robots_are_shown_the_map_and_kept_from_the_desks(province, settings):
    for path in ("/robots.txt", "/c/wuchang/robots.txt"):
        text = client_for().get(path).content.decode()
        assert f"Sitemap: {settings.PROVINCE_ORIGIN}/sitemap.xml" in text
        assert "Disallow: /desk/" in text


def test_a_withdrawn_face_leaves_the_share_picture_too(province, wuchang, manager, settings):
    from cms import consents
    from cms.models import PersonPage

    with county_scope(wuchang):
        page = PersonPage.objects.live().get()
        page.photo = answered(image("赵福贵"), page.consent)
        page.save_revision().publish()
    assert "/media/c230184/images/" in head_of(province["person"]).said["og:image"]
    with county_scope(wuchang):
        consents.withdraw_consent(page.consent, by=manager, why="本人来电话")
    assert "/media/" not in head_of(province["person"]).said["og:image"]


def test_every_drawing_has_a_picture_for_chats():
    from web.art import drawings
    from web.sharing import SHARE, share_pictures

    assert drawings() - share_pictures() == set()
    assert max(path.stat().st_size for path in SHARE.glob("*.png")) < 20_000
