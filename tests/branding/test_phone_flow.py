"""A brand case from a phone, screen by screen, as it works without a script."""

import io

import pytest

from tests.factories.people import client_for, give_role, make_user

CREDIT = "93230184MA1B2C3D4"


def here(county, path=""):
    return f"/c/{county.slug}/desk/brands/{path}"


def credit_code():
    from branding.case_rules import CREDIT_SIGNS, is_credit_code

    return next(CREDIT + sign for sign in CREDIT_SIGNS if is_credit_code(CREDIT + sign))


def picture(kind="JPEG"):
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (600, 400), "#B5473A").save(buffer, kind)
    return buffer.getvalue()


def upload(content=None, name="执照.jpg", kind="image/jpeg"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content if content is not None else picture(), kind)


def brands():
    from branding.models import Brand

    return list(Brand.objects.order_by("pk"))


@pytest.fixture
def village(wuchang):
    from tenants.services import add_village

    return add_village(wuchang, "龙凤山镇", "兴源村")


@pytest.fixture
def other_village(wuchang):
    from tenants.services import add_village

    return add_village(wuchang, "向阳镇", "保山村")


@pytest.fixture
def team(wuchang, village):
    return give_role(make_user("赵队员"), "work_team", wuchang, villages=[village])


@pytest.fixture
def other_team(wuchang, other_village):
    return give_role(make_user("钱队员"), "work_team", wuchang, villages=[other_village])


@pytest.fixture
def producer(wuchang, village, team):
    from catalog import services
    from catalog.models import Producer
    from tenants.scope import county_scope

    with county_scope(wuchang):
        return services.save_producer(
            Producer(name="稻乐合作社", kind="coop", business_phone="0451-55550101", village_id=village.pk),
            by=team,
            phone_agreed=True,
        )


@pytest.fixture
def product(wuchang, village, producer, team):
    from catalog import services
    from tenants.scope import county_scope

    with county_scope(wuchang):
        return services.create_draft(
            by=team, name="东北黑蜂椴树蜜", category="honey.honey", producer=producer, village_id=village.pk
        )


def begin(client, county, producer, **typed):
    answer = client.post(here(county, "new/"), {"producer": producer.pk} | typed)
    assert answer.status_code == 302
    return answer["Location"].removesuffix("2/")


def finish(client, address, name="山椴语"):
    client.post(f"{address}2/", {"sign_kind": "word", "name1": name})
    client.post(f"{address}3/", {"chosen": ["30:蜂蜜"]})
    client.post(
        f"{address}4/",
        {
            "owner_name": "稻乐合作社",
            "owner_address": "黑龙江省五常市龙凤山镇兴源村",
            "credit_code": credit_code(),
            "contact_name": "佟岩",
            "contact_phone": "13900000013",
        },
    )
    client.post(address.replace("edit/", "papers/licence/"), {"photo": upload()})


def test_a_team_opens_a_case_in_six_screens(wuchang, producer, team):
    client = client_for(team)
    page = client.get(here(wuchang, "new/")).content.decode()
    assert "第 1 步，共 6 步" in page
    assert "稻乐合作社" in page
    address = begin(client, wuchang, producer)
    for number, typed in {
        2: {"sign_kind": "word", "name1": "山椴语", "name2": "椴林深", "meaning": "椴树下听山说话。"},
        3: {"chosen": ["30:蜂蜜", "35:网店代销"]},
        4: {
            "owner_name": "稻乐合作社",
            "owner_address": "黑龙江省五常市龙凤山镇兴源村",
            "credit_code": credit_code().lower(),
            "contact_name": "佟岩",
            "contact_phone": "139 0000 0013",
        },
    }.items():
        page = client.get(f"{address}{number}/").content.decode()
        assert f"第 {number} 步，共 6 步" in page
        assert "已存" in page
        assert page.count("btn-step") == 1
        assert client.post(f"{address}{number}/", typed)["Location"] == f"{address}{number + 1}/"
    assert client.get(f"{address}5/").content.decode().count("btn-step") == 1
    assert client.post(address.replace("edit/", "papers/licence/"), {"photo": upload()}).status_code == 302
    check = client.get(f"{address}6/").content.decode()
    assert "交给省里" in check
    assert "不是法律意见" in check
    answer = client.post(address.replace("edit/", "submit/"))
    (brand,) = brands()
    assert answer["Location"] == here(wuchang, f"{brand.pk}/")
    assert (brand.state, brand.name, brand.candidates) == ("checked", "山椴语", ["山椴语", "椴林深"])
    assert (brand.nice_classes, brand.producer_name, brand.owner_kind) == ([30, 35], "稻乐合作社", "coop")
    assert {(one.word, one.formal, one.group) for one in brand.goods.all()} == {
        ("蜂蜜", "蜂蜜", "3005"),
        ("网店代销", "替他人推销", "3503"),
    }
    assert brand.contact_phone == "13900000013"
    assert "省里在看材料" in client.get(answer["Location"]).content.decode()


def test_a_product_fills_owner_and_goods(wuchang, producer, product, team):
    client = client_for(team)
    address = here(wuchang, f"new/?producer={producer.pk}&product={product.pk}")
    assert f'value="{producer.pk}"' in client.get(address).content.decode()
    client.post(address, {"producer": producer.pk})
    (brand,) = brands()
    assert [(one.word, one.nice_class) for one in brand.goods.all()] == [("蜂蜜", 30)]


@pytest.mark.parametrize("product", ["x", "999999", "9" * 40, "-1"])
def test_a_product_that_is_not_there_fills_nothing(wuchang, producer, team, product):
    client = client_for(team)
    assert client.post(here(wuchang, f"new/?product={product}"), {"producer": producer.pk}).status_code == 302
    (brand,) = brands()
    assert not brand.goods.exists()


def test_a_household_shows_its_land_contract(wuchang, team):
    client = client_for(team)
    answer = client.post(
        here(wuchang, "new/"), {"producer": "new", "new_name": "兴源村 姜大山", "new_kind": "household"}
    )
    address = answer["Location"].removesuffix("2/")
    proof = client.get(f"{address}4/").content.decode()
    assert "身份证号" in proof
    assert "统一社会信用代码" not in proof
    assert "土地承包合同" in client.get(f"{address}5/").content.decode()


def test_an_empty_box_of_the_proof_says_what_belongs_there(wuchang, producer, team):
    client = client_for(team)
    address = begin(client, wuchang, producer)
    said = client.post(f"{address}4/", {}).content.decode()
    for words in ("写上执照上 18 位的统一社会信用代码。", "写上联系人的手机号。", "写上证上的地址，从省写起。"):
        assert words in said, words
    assert "必需字段" not in said


def test_the_example_of_an_address_is_this_countys_own(wuchang, producer, team):
    client = client_for(team)
    said = client.get(f"{begin(client, wuchang, producer)}4/").content.decode()
    assert "例如 黑龙江省五常市向阳镇东星村。" in said


def test_a_picture_wants_its_specimen_and_a_name_may_be_anything(wuchang, producer, team):
    client = client_for(team)
    address = begin(client, wuchang, producer)
    assert client.post(f"{address}2/", {"sign_kind": "picture", "name1": "五常"}).status_code == 302
    assert "商标图样" in client.get(f"{address}5/").content.decode()
    answer = client.post(address.replace("edit/", "papers/specimen/"), {"photo": upload(b"%PDF-1.4", "图.pdf")})
    assert answer.status_code == 400
    assert (
        client.post(address.replace("edit/", "papers/specimen/"), {"photo": upload(picture("PNG"))}).status_code == 302
    )


class TestNames:
    def stopped(self, client, address, **typed):
        return client.post(f"{address}2/", {"sign_kind": "word"} | typed).content.decode()

    def test_a_county_name_stays_on_the_screen_and_is_kept(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        page = self.stopped(client, address, name1="五常蜜语", name2="山椴语")
        assert "五常市的地名" in page
        assert "商标法" in page
        assert 'value="五常蜜语"' in page
        assert brands()[0].candidates == ["五常蜜语", "山椴语"]
        assert client.post(f"{address}2/", {"sign_kind": "word", "name1": "山椴语"})["Location"] == f"{address}3/"

    def test_a_name_like_another_countys_mark_stops(self, wuchang, producer, team):
        from branding.models import Brand

        Brand.objects.create(county_code="231086", state="filed", name="山缎语", nice_classes=[30])
        client = client_for(team)
        address = begin(client, wuchang, producer)
        page = self.stopped(client, address, name1="山椴语")
        assert "东宁市的“山缎语”" in page
        assert "读音一样" in page

    def test_looking_without_a_script_says_what_is_known_and_stays(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        answer = client.post(f"{address}2/", {"sign_kind": "word", "name1": "优质山椴语", "look": "1"})
        assert answer.status_code == 200
        assert "知道一下" in answer.content.decode()

    def test_no_name_is_asked_for_with_an_example(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        assert "写上最想用的名字" in self.stopped(client, address, name1="  ")

    def test_handing_in_a_stopped_name_is_refused_and_changes_nothing(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        finish(client, address, name="五常蜜语")
        assert "去换名字" in client.get(f"{address}6/").content.decode()
        client.post(address.replace("edit/", "submit/"))
        (brand,) = brands()
        assert (brand.state, brand.submitted_at) == ("idea", None)


class TestGoods:
    def test_a_word_is_looked_up_then_ticked(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        page = client.post(f"{address}3/", {"more": "heimuer", "find": "1"}).content.decode()
        assert 'value="29:木耳"' in page
        answer = client.post(f"{address}3/", {"more": "苞米"})
        assert "在下面勾上是哪一样" in answer.content.decode()
        assert client.post(f"{address}3/", {"more": "", "chosen": ["29:木耳"]})["Location"] == f"{address}4/"
        assert brands()[0].nice_classes == [29]

    def test_what_the_table_does_not_have_gets_a_class_by_hand(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        assert "选最像哪一类" in client.post(f"{address}3/", {"own_word": "桦褐孔菌"}).content.decode()
        assert client.post(f"{address}3/", {"own_word": "桦褐孔菌", "own_class": "29"}).status_code == 302
        (good,) = brands()[0].goods.all()
        assert (good.word, good.nice_class, good.formal) == ("桦褐孔菌", 29, "")

    def test_nothing_chosen_is_asked_for_and_forged_boxes_are_nothing(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        page = client.post(f"{address}3/", {"chosen": ["99:木耳", "30:", ":", "x", "30", "\x00", "30:\x00"]})
        assert "至少写一样东西" in page.content.decode()
        assert not brands()[0].goods.exists()


class TestProof:
    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"credit_code": "123"}, "信用代码写成了 123"),
            ({"contact_phone": "0451-5555"}, "手机号写成了"),
            ({"owner_address": ""}, "写上证上的地址"),
            ({"contact_name": ""}, "写上联系人"),
        ],
    )
    def test_what_is_wrong_is_said_and_the_rest_is_kept(self, wuchang, producer, team, typed, sentence):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        whole = {
            "owner_name": "稻乐合作社",
            "owner_address": "黑龙江省五常市龙凤山镇",
            "credit_code": credit_code(),
            "contact_name": "佟岩",
            "contact_phone": "13900000013",
        }
        answer = client.post(f"{address}4/", whole | typed)
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
        assert "稻乐合作社" in answer.content.decode()

    def test_phone_and_identity_number_are_never_shown_again_and_stay_when_empty(self, wuchang, team):
        client = client_for(team)
        answer = client.post(here(wuchang, "new/"), {"producer": "new", "new_name": "姜大山", "new_kind": "household"})
        address = answer["Location"].removesuffix("2/")
        typed = {
            "owner_name": "姜大山",
            "owner_address": "黑龙江省五常市龙凤山镇",
            "id_number": "11010519491231002x",
            "contact_name": "姜大山",
            "contact_phone": "13900000013",
        }
        assert client.post(f"{address}4/", typed).status_code == 302
        for number in (4, 6):
            page = client.get(f"{address}{number}/").content.decode()
            assert "11010519491231002" not in page
            assert "13900000013" not in page
        client.post(f"{address}4/", typed | {"id_number": "", "contact_phone": "", "contact_name": "姜小山"})
        (brand,) = brands()
        assert (brand.id_number, brand.contact_phone, brand.contact_name) == (
            "11010519491231002X",
            "13900000013",
            "姜小山",
        )


class TestPapers:
    def test_what_is_no_picture_is_refused_with_a_sentence(self, wuchang, producer, team):
        from kernel.models import Paper

        client = client_for(team)
        address = begin(client, wuchang, producer)
        where = address.replace("edit/", "papers/licence/")
        for content in (b"", b"MZ\x90\x00", b"<script>alert(1)</script>", picture()[:200]):
            assert client.post(where, {"photo": upload(content)}).status_code == 400
        assert client.post(where, {}).status_code == 400
        assert client.post(where.replace("licence", "notice"), {"photo": upload()}).status_code == 404
        told = client.post(where, {"photo": upload(b"GIF89a")}, headers={"accept": "application/json"})
        assert told.status_code == 400
        assert told.json()["errors"]
        assert not Paper.objects.exists()

    def test_a_paper_is_taken_back(self, wuchang, producer, team):
        from kernel.models import Paper

        client = client_for(team)
        address = begin(client, wuchang, producer)
        client.post(address.replace("edit/", "papers/licence/"), {"photo": upload()})
        paper = Paper.objects.get(removed_at__isnull=True)
        assert "传好了" in client.get(f"{address}5/").content.decode()
        assert client.post(address.replace("edit/", f"papers/{paper.pk}/remove/")).status_code == 302
        assert not Paper.objects.filter(removed_at__isnull=True).exists()


class TestDrafts:
    def test_a_case_begins_as_soon_as_it_is_said_whose_it_is(self, wuchang, producer, team):
        client = client_for(team)
        assert client.post(here(wuchang, "new/save/"), {"new_name": "x"}).json() == {"saved": ""}
        assert brands() == []
        told = client.post(here(wuchang, "new/save/"), {"producer": producer.pk}).json()
        (brand,) = brands()
        assert told["action"] == here(wuchang, f"{brand.pk}/edit/1/")
        assert len(told["saved"]) == 5
        again = client.post(told["autosave"], {"producer": producer.pk}).json()
        assert len(again["saved"]) == 5
        assert len(brands()) == 1

    def test_half_typed_answers_are_kept(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        client.post(f"{address}2/save/", {"name1": "五常蜜语"})
        client.post(f"{address}3/save/", {"chosen": ["30:蜂蜜"], "more": "mu"})
        client.post(f"{address}4/save/", {"owner_address": "黑龙江省五常市", "credit_code": "12"})
        (brand,) = brands()
        assert brand.candidates == ["五常蜜语"]
        assert brand.nice_classes == [30]
        assert (brand.owner_address, brand.credit_code) == ("黑龙江省五常市", "")

    def test_work_goes_on_at_the_first_screen_that_lacks_something(self, wuchang, producer, team):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        assert client.get(address)["Location"] == f"{address}2/"
        finish(client, address)
        assert client.get(address)["Location"] == f"{address}6/"

    def test_a_returned_case_shows_each_remark_on_its_screen(self, wuchang, producer, team):
        from branding.services import cases

        officer = give_role(make_user("品牌专员"), "brand_officer")
        client = client_for(team)
        address = begin(client, wuchang, producer)
        finish(client, address)
        client.post(address.replace("edit/", "submit/"))
        assert client.get(address).status_code == 404  # it lies with the officer
        (brand,) = brands()
        cases.return_case(brand, by=officer, note="", remarks={"goods": "写上蜂王浆。"})
        assert client.get(address)["Location"] == f"{address}6/"
        assert "写上蜂王浆。" in client.get(f"{address}6/").content.decode()
        assert "省里说：写上蜂王浆。" in client.get(f"{address}3/").content.decode()
        assert "写上蜂王浆。" not in client.get(f"{address}2/").content.decode()
        assert (
            client.post(f"{address}3/", {"chosen": ["30:蜂蜜", "30:蜂王浆"], "back": "1"})["Location"] == f"{address}6/"
        )
        client.post(address.replace("edit/", "submit/"))
        brand.refresh_from_db()
        assert brand.submitted_at is not None
        assert brand.remarks == {}


class TestWho:
    def test_another_villages_team_and_another_county_find_nothing(
        self, wuchang, dongning, producer, team, other_team, manager_elsewhere
    ):
        client = client_for(team)
        address = begin(client, wuchang, producer)
        before = brands()[0].saved_at
        for path in ("", "1/", "2/", "5/", "6/"):
            assert client.get(f"{address}{path}").status_code in {200, 302}
            assert client_for(other_team).get(f"{address}{path}").status_code == 404
            assert client_for(manager_elsewhere).get(f"{address}{path}").status_code == 404
            elsewhere = f"{address}{path}".replace(wuchang.slug, dongning.slug, 1)
            assert client_for(manager_elsewhere).get(elsewhere).status_code == 404
        for path in ("edit/2/", "edit/2/save/", "submit/", "papers/licence/"):
            where = address.replace("edit/", path)
            assert client_for(other_team).post(where, {"name1": "别的"}).status_code == 404
        assert brands()[0].saved_at == before

    def test_a_team_sees_the_producers_of_its_villages(self, wuchang, producer, team, other_team):
        assert "稻乐合作社" in client_for(team).get(here(wuchang, "new/")).content.decode()
        assert "稻乐合作社" not in client_for(other_team).get(here(wuchang, "new/")).content.decode()
        answer = client_for(other_team).post(here(wuchang, "new/"), {"producer": producer.pk})
        assert answer.status_code == 200
        assert brands() == []


class TestWhileTyping:
    def test_a_name_is_told_as_json_with_the_disclaimer(self, wuchang, team):
        told = client_for(team).get(here(wuchang, "look/"), {"name": "五常蜜语"}).json()
        assert told["findings"][0]["severity"] == "stop"
        assert set(told["findings"][0]) == {"name", "code", "severity", "reason", "article", "mend"}
        assert "没有查国家商标局的注册簿" in told["said"]
        assert client_for(team).get(here(wuchang, "look/"), {"name": "山椴语"}).json()["findings"] == []
        assert client_for(team).get(here(wuchang, "look/")).json()["findings"] == []

    def test_goods_are_told_as_json(self, wuchang, team):
        (first, *_rest) = client_for(team).get(here(wuchang, "goods/"), {"q": "hme"}).json()["found"]
        assert (first["key"], first["says"]) == ("29:木耳", "第 29 类　木耳（干）")

    def test_another_countys_case_number_is_no_case(self, wuchang, team):
        from branding.models import Brand

        foreign = Brand.objects.create(county_code="231086", name="山椴语", candidates=["山椴语"], nice_classes=[30])
        for number in (foreign.pk, "x", "9" * 50, "-1", "²"):
            told = client_for(team).get(here(wuchang, "look/"), {"name": "山椴语", "case": number}).json()
            assert [one["code"] for one in told["findings"]] == ["like_same"]  # it was not taken for one's own

    def test_too_often_is_said_and_passes(self, wuchang, team, monkeypatch):
        from accounts.limits import Limit
        from branding.views import look

        monkeypatch.setattr(look, "LOOKS", Limit("brand-look", 2, 60))
        client = client_for(team)
        got = [client.get(here(wuchang, "look/"), {"name": "山"}).status_code for _try in range(4)]
        assert got == [200, 200, 429, 429]

    @pytest.mark.parametrize("text", ["🍄", "a" * 10_000, "\x00", "' OR 1=1", "<script>", "%s%s", "饶" * 5000])
    def test_any_text_is_answered(self, wuchang, team, text):
        client = client_for(team)
        assert client.get(here(wuchang, "look/"), {"name": text}).status_code == 200
        assert client.get(here(wuchang, "goods/"), {"q": text}).status_code == 200

    def test_the_officer_sees_the_cases_themselves(self, wuchang):
        from branding.models import Brand

        Brand.objects.create(county_code="231086", state="filed", name="山缎语", nice_classes=[30])
        officer = client_for(give_role(make_user("品牌专员"), "brand_officer"))
        page = officer.get("/desk/brands/look/", {"name": "山椴语", "class": "30"}).content.decode()
        assert "山缎语" in page
        assert "同音" in page
        told = officer.get("/desk/brands/look/", {"name": "山椴语"}, headers={"accept": "application/json"}).json()
        assert told["findings"][0]["code"] == "like_toned"

    def test_nothing_found_is_said_with_what_was_not_looked_at(self, wuchang):
        officer = client_for(give_role(make_user("品牌专员"), "brand_officer"))
        page = officer.get("/desk/brands/look/", {"name": "山椴语", "class": "30"}).content.decode()
        said = page.partition('<p class="look-fine">')[2].partition("</p>")[0]
        assert "没有查国家商标局的注册簿" in said


BACK = {"before": "1"}


def test_going_back_keeps_what_was_typed(wuchang, producer, team):
    client = client_for(team)
    address = begin(client, wuchang, producer)
    assert 'class="steps-back" form="answer" name="before"' in client.get(f"{address}2/").content.decode()
    typed = {"sign_kind": "word", "name1": "黑蜂谷", "meaning": "山里的"}
    assert client.post(f"{address}2/", typed | BACK)["Location"] == f"{address}1/"
    assert client.post(f"{address}3/", {"chosen": ["30:蜂蜜"]} | BACK)["Location"] == f"{address}2/"
    typed = {"owner_name": "", "owner_address": "黑龙江省五常市", "credit_code": "", "contact_name": "佟岩"}
    assert client.post(f"{address}4/", typed | BACK)["Location"] == f"{address}3/"
    (brand,) = brands()
    assert (brand.candidates, brand.meaning) == (["黑蜂谷"], "山里的")
    assert [one.word for one in brand.goods.all()] == ["蜂蜜"]
    assert (brand.owner_address, brand.contact_name) == ("黑龙江省五常市", "佟岩")


def test_what_cannot_be_kept_stays_on_the_screen(wuchang, producer, team):
    client = client_for(team)
    address = begin(client, wuchang, producer)
    for number, typed, still in (
        (1, {"producer": "new", "new_name": "姜家"}, "姜家"),
        (3, {"own_word": "桦褐孔菌"}, "桦褐孔菌"),
        (3, {"more": "蜂蜜"}, 'value="蜂蜜"'),
        (4, {"credit_code": "123"}, "123"),
    ):
        answer = client.post(f"{address}{number}/", typed | BACK)
        assert answer.status_code == 200, typed
        page = answer.content.decode()
        assert still in page
        assert "不要它，直接回去" in page
    (brand,) = brands()
    assert (brand.producer_id, brand.credit_code) == (producer.pk, "")


def test_going_back_from_the_first_screen_begins_no_case_by_itself(wuchang, producer, team):
    client = client_for(team)
    address = here(wuchang, f"new/?producer={producer.pk}")
    assert client.post(address, {"producer": producer.pk} | BACK)["Location"] == here(wuchang)
    assert brands() == []
    assert client.post(address, {"producer": "new", "new_name": "姜家"} | BACK).status_code == 200
    assert brands() == []
    typed = {"producer": "new", "new_name": "姜家", "new_kind": "household"}
    assert client.post(address, typed | BACK)["Location"] == here(wuchang)
    assert [one.owner_name for one in brands()] == ["姜家"]
