"""Who lives on the platform during the soak, and what each of them does over and over."""

import io
import json
import random
import re
import threading
import time
from collections.abc import Callable
from urllib.parse import quote

from PIL import Image

from tests.soak.browser import Browser, Form, Page

PASSWORD = "jieti-demo-2026"
Walk = Callable[[Browser, random.Random], None]
WANTED = ("五常大米", "wcdm", "木耳", "苞米", "椴树蜜", "有机大豆", "稻花香", "50元以下的蜂蜜", "五长大米", "礼盒")
TYPED = ("wuchangdami", "黑木耳", "dsm", "五常大")


class SignInFailed(RuntimeError):
    pass


def shopper(browser: Browser, dice: random.Random) -> None:
    """Home, typing help, a search and its next narrowing, a product, its county, a story."""
    browser.get("home", "/")
    typed = dice.choice(TYPED)
    for end in range(1, len(typed) + 1, 2):
        browser.get("typing help", f"/api/suggest?q={quote(typed[:end])}")
    found = browser.get("search", f"/search/?q={quote(dice.choice(WANTED))}")
    products = [link for link in found.links("/c/") if re.search(r"/c/[a-z0-9-]+/p/", link)] or found.links(
        "/products/"
    )
    if products or PHOTOGRAPHED:
        product = browser.get("product", dice.choice([*products[:4], *PHOTOGRAPHED]))
        pictures = re.findall(r'(?:src|srcset)="(/[^" ]*media/[^" ]+)', product.text)
        for picture in pictures[:2]:
            browser.get("picture", picture)
    county = browser.get("county", f"/c/{dice.choice(COUNTIES)}/")
    stories = [link for link in county.links("/c/") if link.count("/") == 4 and "/desk" not in link]
    browser.get("story", dice.choice(stories) if stories else "/stories/")


COUNTIES = ("wuchang", "dongning", "raohe")


PHOTOGRAPHED: list[str] = []  # product pages with photos of their own: the demo's goods are drawn


def team_of(county: str, rest: tuple[float, float]) -> Walk:
    """The work team of one county; two counties upload at once, each into its own tables.

    ``rest``: seconds between two goods. Nobody may send more than 300 files an hour.
    """

    def walk(browser: Browser, dice: random.Random) -> None:
        _list_something(browser, dice, county)
        time.sleep(dice.uniform(*rest))

    return walk


def put_on_sale(team: Browser, manager: Browser, dice: random.Random, county: str) -> None:
    """Something with photos is listed, handed in and passed: shoppers then see what this platform made of them."""
    product = _list_something(team, dice, county)
    page = team.get("desk", f"{product}edit/5/")
    origin = page.form("village")
    chosen = {name: next(one for one in origin.choices[name] if one) for name in ("village", "producer")}
    page = team.send("save draft", page, origin, chosen)
    team.send("save draft", page, _form_to(page, "/submit/"), {})
    page = manager.get("desk", product)
    decision = _form_to(page, "/return/")  # one form, so that remarks are not lost; its other button goes elsewhere
    decision.action = decision.action.replace("/return/", "/publish/")
    manager.send("save draft", page, decision, {})
    PHOTOGRAPHED.append(product.replace("/desk/products/", "/p/"))


def _form_to(page: Page, ending: str) -> Form:
    for form in page.forms():
        if form.action.endswith(ending):
            return form
    raise LookupError(f"no form to {ending} on {page.path} ({page.status})")


def _list_something(browser: Browser, dice: random.Random, county: str) -> str:
    """A product's draft over its first steps, as the phone saves it while it is typed, and two photos; its address."""
    page = browser.get("desk", f"/c/{county}/desk/products/new/")
    form = page.form("name")
    kinds = [code for code in form.choices["category"] if "." in code]
    name = f"试卖的{dice.choice(('榛子', '小米', '红豆'))} {dice.randrange(10**6)}"
    page = browser.send("save draft", page, form, {"name": name, "category": dice.choice(kinds)})
    product = re.search(r"/products/(\d+)/", page.path)
    if product is None:
        raise LookupError(f"no draft was made: {page.path} {page.status}")
    words = {"summary": "一颗一颗敲出来的。", "description": "张广才岭的山货，九月打下来晒半个月。" * 3}
    page = browser.send("save draft", page, page.form("summary"), words)
    packs = page.form("form-0-price") if "form-0-price" in page.text else page.form(_price_of(page))
    price = _price_of(page)
    prefix = price.removesuffix("price")
    told = {
        f"{prefix}net": "500 g",
        f"{prefix}unit": "袋",
        price: f"{dice.randrange(10, 90)}.80",
        f"{prefix}stock": "40",
    }
    page = browser.send("save draft", page, packs, told)
    for _number in range(2):
        here = browser.get("desk", f"/c/{county}/desk/products/{product[1]}/edit/4/")
        browser.send("upload photo", here, here.form("photo"), {}, photo=("山货.jpg", "image/jpeg", _photo(dice)))
    browser.get("desk", f"/c/{county}/desk/mine/")
    return f"/c/{county}/desk/products/{product[1]}/"


def _price_of(page: Page) -> str:
    for form in page.forms():
        for name in form.fields:
            if name.endswith("price"):
                return name
    raise LookupError(f"no price is asked on {page.path} ({page.status})")


def _photo(dice: random.Random) -> bytes:
    """As a phone takes it: three megapixels, never twice the same."""
    picture = Image.effect_noise((2000, 1500), dice.randrange(20, 60)).convert("RGB")
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def coordinator(browser: Browser, dice: random.Random) -> None:
    """The inbox, the board, the status page, the counties; and one more county is opened."""
    for path in ("/desk/", "/desk/board/", "/desk/status/", "/desk/counties/", "/desk/audit/", "/desk/jobs/"):
        browser.get("province desk", path)
    with _unopened_lock:
        code = _unopened.pop() if _unopened else ""
    if code:
        page = browser.get("province desk", f"/desk/counties/new/{code}/")
        told = {"contact_name": "周远", "contact_phone": "13800000000", "service_phone": "0451-55550000", "saying": ""}
        browser.send("open a county", page, page.form("contact_phone"), told)
        browser.get("province desk", "/desk/counties/progress/")
    time.sleep(dice.uniform(2, 5))


_unopened: list[str] = []
_unopened_lock = threading.Lock()


def may_open(codes: list[str]) -> None:
    _unopened[:] = codes


def editor(browser: Browser, dice: random.Random) -> None:
    """The front page's words in the story desk, saved as a draft with its text; its preview is what Wagtail keeps."""
    listed = browser.get("story desk", "/c/wuchang/cms/pages/")
    edits = [link for link in listed.links("/cms/pages/") if re.search(r"/pages/\d+/$", link)]
    home = browser.get("story desk", edits[0] if edits else "/c/wuchang/cms/pages/")
    stories = sorted({link for link in home.links("/edit/") if re.search(r"/pages/\d+/edit/", link)})
    if not stories:
        raise LookupError(f"no story to edit on {home.path} ({home.status})")
    page = browser.get("story desk", stories[-1].split("?")[0])
    text = {"blocks": [{"key": "abcde", "text": f"水先晒一天，再进田。{dice.randrange(10**6)}", "type": "unstyled",
                        "depth": 0, "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}  # fmt: skip
    body = {
        "sources-count": "0",  # what the page itself would add by script
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": "",
        "body-0-value": json.dumps(text, ensure_ascii=False),
    }  # fmt: skip
    browser.send("save story", page, page.form("title"), {"standfirst": f"慢慢来。{dice.randrange(10**6)}", **body})
    time.sleep(dice.uniform(1, 3))


def sign_in(browser: Browser, phone: str, code: Callable[[], str] | None = None) -> None:
    page = browser.get("sign in", "/sign-in/")
    page = browser.send("sign in", page, page.form("phone"), {"phone": phone, "password": PASSWORD})
    if "second-factor" in page.path and code is not None:
        page = browser.send("sign in", page, page.form("code"), {"code": code()})
    if "/sign-in/" in page.path or page.status != 200:
        raise SignInFailed(f"{phone}: {page.path} {page.status}")
