"""A draft made by a slip is thrown away by whoever may write it; what anybody has seen stays."""

import threading

import pytest
from django.core.files.storage import FileSystemStorage

from tests.campaigns import words
from tests.catalog import goods
from tests.catalog.test_race import wait_until_blocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(settings, tmp_path, monkeypatch):
    """Public and private files of this test alone."""
    from catalog.models import Photo

    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(Photo._meta.get_field("original"), "storage", FileSystemStorage(tmp_path / "private"))
    return tmp_path


def there(county, product):
    return goods.here(county, f"products/{product.pk}/throw-away/")


def stands(county, product):
    from catalog.models import Product
    from tenants.scope import county_scope

    with county_scope(county):
        return Product.objects.filter(pk=product.pk).exists()


def throw(county, product, by):
    return goods.browser(by).post(there(county, product), follow=True).content.decode()


def test_the_team_is_asked_once_more_and_then_it_is_gone(wuchang, team, finished):
    from kernel.models import AuditEntry

    browser = goods.browser(team)
    step = browser.get(goods.here(wuchang, f"products/{finished.pk}/edit/2/")).content.decode()
    assert there(wuchang, finished) in step
    page = browser.get(there(wuchang, finished)).content.decode()
    assert f"扔掉“{finished.name}”吗？" in page
    assert "扔掉就找不回来了" in page
    assert stands(wuchang, finished)
    answer = browser.post(there(wuchang, finished), follow=True).content.decode()
    assert f"“{finished.name}”扔掉了。" in answer
    assert not stands(wuchang, finished)
    told = AuditEntry.objects.get(action="product.throw_away")
    assert (told.title, told.object_id, told.by_id) == (finished.name, str(finished.pk), team.pk)


def test_the_editor_may_and_another_villages_team_may_not(wuchang, finished, editor, other_team, shopper):
    for who in (other_team, shopper):
        assert goods.browser(who).post(there(wuchang, finished)).status_code in {403, 404}
    assert stands(wuchang, finished)
    throw(wuchang, finished, editor)
    assert not stands(wuchang, finished)


def test_the_picture_files_go_once_the_row_is_gone_for_good(inside, team, finished, files):
    from catalog import services
    from catalog.rendering import render_photo
    from kernel.outbox import relay_once

    photo = services.add_photo(finished, goods.upload(goods.image()), by=team)
    render_photo({"photo": photo.pk}, inside.code)
    kept = [one for one in files.rglob("*") if one.is_file()]
    assert len(kept) == 5
    services.throw_away(finished, by=team)
    assert all(one.exists() for one in kept)
    while relay_once():
        pass
    assert not any(one.exists() for one in kept)


def test_a_photo_drawn_while_its_product_goes_leaves_no_files(inside, team, finished, files, monkeypatch):
    from catalog import rendering, services
    from catalog.models import Product

    photo = services.add_photo(finished, goods.upload(goods.image()), by=team)
    drawn = rendering.upright_photo

    def meanwhile(file):
        picture = drawn(file)
        Product.objects.filter(pk=finished.pk).delete()
        return picture

    monkeypatch.setattr(rendering, "upright_photo", meanwhile)
    rendering.render_photo({"photo": photo.pk}, inside.code)
    assert not [one for one in (files / "media").rglob("*") if one.is_file()]


def test_what_the_county_has_seen_is_kept_and_the_sentence_says_so(wuchang, team, finished, manager):
    from catalog import services
    from catalog.models import Product
    from tenants.scope import county_scope

    goods.hand_in(wuchang, finished, by=team)
    with county_scope(wuchang):
        services.return_product(Product.objects.get(pk=finished.pk), by=manager, note="照片再拍一张")
    step = goods.browser(team).get(goods.here(wuchang, f"products/{finished.pk}/edit/6/")).content.decode()
    assert there(wuchang, finished) not in step
    assert goods.browser(team).get(there(wuchang, finished)).status_code == 302
    before = goods.facts(wuchang, finished)
    assert "要留底，不能扔" in throw(wuchang, finished, team)
    assert goods.facts(wuchang, finished) == before


def test_what_is_on_sale_is_not_thrown_away(wuchang, on_sale, team):
    assert "要留底，不能扔" in throw(wuchang, on_sale, team)
    assert stands(wuchang, on_sale)


def test_a_package_keeps_it_even_when_withdrawn(wuchang, team, finished):
    from branding.models import PackageRequest
    from branding.services import packaging
    from kernel import clock

    case = packaging.open_package(wuchang.code, finished.pk, by=team)
    assert "申请过包装" in throw(wuchang, finished, team)
    PackageRequest.objects.filter(pk=case.pk).update(withdrawn_at=clock.now())
    assert "申请过包装" in throw(wuchang, finished, team)
    assert stands(wuchang, finished)


def came_back(county, product):
    """As a county that came back from an older backup holds it: a draft again, while the province knows more."""
    from catalog.models import Product
    from tenants.scope import county_scope

    with county_scope(county):
        product.history_moves.all().delete()
        Product.objects.filter(pk=product.pk).update(state="draft", submitted_at=None)


def test_a_listing_keeps_it(wuchang, team, on_sale):
    came_back(wuchang, on_sale)
    assert "全省的货架上有记录" in throw(wuchang, on_sale, team)
    assert stands(wuchang, on_sale)


def test_a_word_said_for_it_keeps_it(wuchang, village, team, on_sale):
    from search.models import Listing

    words.submitted(wuchang, village, on_sale, by=team)
    came_back(wuchang, on_sale)
    Listing.everything.all().delete()
    assert "有人给它代言过" in throw(wuchang, on_sale, team)
    assert stands(wuchang, on_sale)


def tell_of(product):
    from cms.models import CountyHome

    home = CountyHome.objects.get()
    home.body = [("product", {"product": product.pk})]
    home.save_revision()


def test_a_page_being_written_keeps_it(wuchang, team, finished):
    from tenants.scope import county_scope

    with county_scope(wuchang):
        tell_of(finished)
    assert "先在故事台拿掉" in throw(wuchang, finished, team)
    assert stands(wuchang, finished)


def decide(county, act, verdicts, *, done=None, go_on=None):
    """One of the two in a thread and a connection of its own; the first lingers before committing."""
    from django.db import IntegrityError, connection, transaction

    from kernel.errors import DomainError
    from tenants.scope import county_scope

    try:
        with county_scope(county), transaction.atomic():
            act()
            if done:
                done.set()
                go_on.wait(10)
        verdicts.append("done")
    except DomainError as refusal:
        verdicts.append(refusal.code)
    except IntegrityError:
        verdicts.append("broken")
    finally:
        connection.close()


def race(county, first, second):
    done, go_on, verdicts = threading.Event(), threading.Event(), []
    one = threading.Thread(target=decide, args=(county, first, verdicts), kwargs={"done": done, "go_on": go_on})
    one.start()
    assert done.wait(20)
    two = threading.Thread(target=decide, args=(county, second, verdicts))
    two.start()
    wait_until_blocked()
    go_on.set()
    one.join(20)
    two.join(20)
    return sorted(verdicts)


def the_two(product, team, manager):
    from catalog import services
    from catalog.models import Product

    def hand_in():
        services.submit_product(Product.objects.get(pk=product.pk), by=team)

    def throw_away():
        services.throw_away(Product.objects.get(pk=product.pk), by=manager)

    return hand_in, throw_away


@pytest.mark.django_db(transaction=True)
def test_handed_in_a_moment_earlier_it_stays(wuchang, finished, team, manager):
    hand_in, throw_away = the_two(finished, team, manager)
    assert race(wuchang, hand_in, throw_away) == ["done", "still_needed"]
    assert goods.facts(wuchang, finished)[0][0]["state"] == "submitted"


@pytest.mark.django_db(transaction=True)
def test_thrown_away_a_moment_earlier_it_cannot_be_handed_in(wuchang, finished, team, manager):
    from kernel.models import InboxItem

    hand_in, throw_away = the_two(finished, team, manager)
    assert race(wuchang, throw_away, hand_in) == ["done", "thrown_away"]
    assert not stands(wuchang, finished)
    assert not InboxItem.objects.filter(object_kind="product").exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_would_meet_a_broken_page(wuchang, finished, team, manager, monkeypatch):
    """The mutant: the row is read without ``FOR UPDATE``. It must be caught by the tests above.

    Only the new history row, which still points at it, keeps what was handed in from being deleted.
    """
    from kernel.workflow import Stateful

    hand_in, throw_away = the_two(finished, team, manager)
    monkeypatch.setattr(Stateful, "_locked", lambda self: type(self)._default_manager.all())
    assert race(wuchang, hand_in, throw_away) == ["broken", "done"]


def test_who_comes_too_late_is_told_so(wuchang, finished, team, monkeypatch):
    """The page found the row, and when it takes hold of it the row is gone."""
    from catalog.models import Product
    from kernel.workflow import Stateful

    monkeypatch.setattr(Stateful, "_locked", lambda self: Product.objects.none())
    browser = goods.browser(team)
    page = browser.post(goods.here(wuchang, f"products/{finished.pk}/submit/"), follow=True).content.decode()
    assert "这件产品已经扔掉了" in page
    assert "这件产品已经扔掉了" in throw(wuchang, finished, team)
