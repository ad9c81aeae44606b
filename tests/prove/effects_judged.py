"""Beside a province on real servers: what became of every cause. Prints one JSON line.

Causes are read from the tables where the services wrote them, effects where people would find them.
``lost`` names causes without their effect, ``doubled`` those whose effect came more than once.
"""

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

from tests.prove.effects_caused import OPEN, county

LETTERS = {"SmsMessage": "sms.send", "MailMessage": "mail.send"}


def judge():
    """Kind → how many causes, which of them lost, which doubled."""
    told = {}
    for kind, looked in LOOKED_AT.items():
        counts = looked()
        told[kind] = {
            "caused": len(counts),
            "lost": [name for name, count in counts.items() if count < 1],
            "doubled": [name for name, count in counts.items() if count > 1],
        }
    return {"kinds": told, "outbox": outbox(), "messages": messages(), "facts": facts()}


def outbox():
    """How many rows of a kind in which state, ``later`` for a day to come; which ones had trouble, and what."""
    from kernel import clock
    from kernel.models import OutboxRow

    now, every = clock.now(), OutboxRow.objects.values_list("kind", "state", "next_at")
    rows = Counter(f"{kind} {'later' if state == 'waiting' and at > now else state}" for kind, state, at in every)
    again = OutboxRow.objects.exclude(last_trouble="").values_list("kind", "attempts", "last_trouble")
    dead = OutboxRow.objects.filter(state="dead").values_list("kind", "last_trouble")
    return {"rows": rows, "again": [[kind, tries, said[:160]] for kind, tries, said in again], "dead": list(dead)}


def messages():
    """Every message: which way, its mark, its kind, whether it may be repeated, how it ended."""
    from accounts.messages.kinds import kind_of
    from accounts.models import MailMessage, SmsMessage

    return [
        [LETTERS[way.__name__], one.mark.hex, one.kind, kind_of(one.kind).repeatable, one.state, one.trouble]
        for way in (SmsMessage, MailMessage)
        for one in way.objects.order_by("pk")
    ]


def facts():
    from catalog.states import ProductState
    from search.models import Listing

    return {
        "on sale": [product.pk for _place, product in products(ProductState.PUBLISHED)],
        "withdrawn": [product.pk for _place, product in products(ProductState.WITHDRAWN)],
        "listed": sorted(Listing.objects.values_list("product_id", flat=True)),
        "drafts left behind": [path.name for path in (private() / "archives").iterdir() if path.is_dir()],
    }


# --- kind by kind: name of the cause → how often its effect is there -------------------------------------


def said(action):
    """How often the audit trail says that this was done to each thing."""
    from kernel.models import AuditEntry

    return Counter(AuditEntry.objects.filter(action=action).values_list("object_id", flat=True))


def products(state):
    """Of every open county: the products in this state."""
    from catalog.models import Product
    from tenants.models import County
    from tenants.scope import county_scope

    for place in County.objects.filter(state="open").order_by("code"):
        with county_scope(place):
            yield from ((place, product) for product in list(Product.objects.filter(state=state).order_by("pk")))


def media():
    from django.conf import settings

    return Path(settings.MEDIA_ROOT)


def private():
    from django.conf import settings

    return Path(settings.PRIVATE_ROOT)


def photos():
    """Ready, each size in each kind once and whole."""
    from catalog.models import Photo
    from catalog.pictures import KINDS, SIZES
    from tenants.scope import county_scope

    wanted, found = len(SIZES) * len(KINDS), {}
    with county_scope(county()):
        for photo in Photo.objects.order_by("pk"):
            there = [path for path in (media() / f"c{OPEN[0]}" / "photos").glob(f"{photo.token}-*") if is_whole(path)]
            found[photo.token] = (photo.state == "ready" and len(there) >= wanted) + (len(there) > wanted)
    return found


def is_whole(path):
    from PIL import Image

    with Image.open(path) as picture:
        picture.load()
    return True


def listings():
    """The public row as the product and its mark are now, and the same in Elasticsearch; withdrawn ones in neither."""
    from catalog.listing import facts_of
    from catalog.states import ProductState
    from search.models import Listing
    from tenants.scope import county_scope

    there, found = in_elasticsearch(), {}
    for place, product in products(ProductState.PUBLISHED):
        rows = Listing.objects.filter(county_code=place.code, product_id=product.pk)
        with county_scope(place):
            wanted = facts_of(product, place)
        said_so = [
            (row.title, row.picture, row.badges) == (wanted.title, wanted.picture, wanted.badges) for row in rows
        ]
        shown = there[place.code, product.pk]
        found[f"{place.code} {product.pk} {product.name}"] = shown if said_so == [True] else 0
    for place, product in products(ProductState.WITHDRAWN):
        gone = not there[place.code, product.pk] and not Listing.objects.filter(product_id=product.pk).exists()
        found[f"{place.code} {product.pk} withdrawn"] = int(gone)
    return found


def in_elasticsearch():
    from search import rebuilding
    from search.engines import elastic_client

    index = rebuilding.live().name
    elastic_client.client().indices.refresh(index=index)
    query = {"bool": {"filter": [{"term": {"withdrawn": False}}, {"term": {"shown": True}}]}}
    hits = elastic_client.client().search(index=index, size=5000, query=query)["hits"]["hits"]
    return Counter((hit["_source"]["county"], hit["_source"]["product"]) for hit in hits)


def terms_counted():
    """The last count is of all that is on sale."""
    from search.models import Figures, ListingIndex

    figures = Figures.objects.get(pk=1)
    return {"count": int(figures.listings == ListingIndex.objects.filter(hidden=False).count())}


def marks():
    """Typing help knows the registered marks and no other."""
    from django.db import transaction

    from branding import selectors as brands
    from branding.models import Brand
    from catalog.brand_changes import BRAND, CASE
    from search import selectors as found

    with transaction.atomic():
        wanted = brands.registered_names(OPEN[0])
    known = found.taught_names(BRAND, OPEN[0], beginning=CASE)
    names = Counter(known.values())
    closed = {
        f"{brand.pk} given up": int(f"{CASE}{brand.pk}" not in known)
        for brand in Brand.objects.exclude(pk__in=wanted)
    }  # fmt: skip
    return {name: names[name] for name in wanted.values()} | closed


def openings():
    """Open, every step done once, one move through the door."""
    from tenants.models import CountyMove, Opening
    from tenants.opening import steps

    rows = Counter(payload["opening"] for payload in done("county.step"))
    entries, found = said_of_counties("county.open"), {}
    for opening in Opening.objects.select_related("county"):
        place = opening.county
        moves = CountyMove.objects.filter(subject=place, to_state="open").count()
        whole = opening.state == "done" and place.state == "open" and rows[opening.pk] == len(steps())
        twice = moves > 1 or entries[place.code] > 1 or rows[opening.pk] > len(steps())
        found[place.name] = 2 if twice else int(whole and moves == 1 and entries[place.code] == 1)
    return found


def said_of_counties(action):
    from kernel.models import AuditEntry

    return Counter(AuditEntry.objects.filter(action=action).values_list("county_code", flat=True))


def done(kind):
    from kernel.models import OutboxRow

    return OutboxRow.objects.filter(kind=kind, state="done").values_list("payload", flat=True)


def consents():
    """Down: the page, the pictures made for pages and, where it was withdrawn, the original."""
    from cms.models import Consent, StoryPage
    from tenants.scope import county_scope

    found = {}
    with county_scope(county()):
        for consent in Consent.objects.order_by("pk"):
            images = [answer.image for answer in consent.pictures.select_related("image")]
            files = [image for image in images if image.file.storage.exists(image.file.name)]
            shown = [image for image in images if image.renditions.exists()]
            live = StoryPage.objects.live().filter(told=consent).exists()
            down = bool(consent.taken_down_at) and not (live or shown or (consent.withdrawn_at and files))
            found[f"{consent.pk} {consent.name}"] = int(down and bool(images))
    return found


def endorsements():
    from campaigns.models import Endorsement

    ended = said("endorsement.end")
    return {
        f"{row.pk}": ended[str(row.pk)] if row.state == "ended" and row.ended_why == "date" else 0
        for row in Endorsement.objects.all()
    }


def previews():
    """Beside every file of a round."""
    from branding.models import RoundFile
    from kernel import papers
    from kernel.models import Paper

    found = {}
    for file in RoundFile.objects.filter(removed_at=None):
        paper = Paper.objects.get(pk=file.paper_id)
        path = papers._preview_path(paper)
        folder, name = papers._room().path(path).rsplit("/", 1)
        copies = len(list(Path(folder).glob(f"{name}*")))
        found[f"{file.pk} {file.name}"] = copies if papers._room().exists(path) and papers.preview(paper) else 0
    return found


def packs():
    from branding.models import PackageRequest
    from kernel import papers
    from kernel.models import Paper

    told, found = said("packaging.pack"), {}
    for case in PackageRequest.objects.filter(state="signed_off"):
        rows = list(case.packs.all())
        bytes_of = [papers.read(Paper.objects.get(pk=row.paper_id)) for row in rows]
        right = [hashlib.sha256(data).hexdigest() == row.sha256 for data, row in zip(bytes_of, rows, strict=True)]
        found[str(case.pk)] = max(len(rows), told[case.name[1]]) if right == [True] * len(rows) else 0
    return found


def archives():
    """Ready, opened by its key with the bytes that were sealed, said once in the trail."""
    from accounts.models import Archive
    from accounts.rights import archives as rights
    from accounts.rights import sealed

    ready, found = said("archive.ready"), {}
    for archive in Archive.objects.all():
        name = str(archive.pk)
        found[name] = 0
        if archive.state == "ready" and rights.path_of(archive).exists():
            with sealed.Opened(rights.path_of(archive), name) as opened:
                whole = hashlib.sha256(b"".join(iter(lambda o=opened: o.read(65536), b""))).hexdigest()
            found[name] = ready[name] if whole == archive.sha256 else 0
    return found


def goodbyes():
    from accounts.models import Goodbye

    left = said("person.leave")
    return {
        f"{row.pk}": left[str(row.user_id)] if row.done_at and not row.user.is_active else 0
        for row in Goodbye.objects.select_related("user")
    }


def reminders():
    """Of each clock that was missed, one text message and one letter to the one who must act."""
    from accounts.models import MailMessage, SmsMessage
    from kernel.models import Deadline

    texts = Counter(SmsMessage.objects.filter(kind="deadline.late").values_list("phone_hash", flat=True))
    letters = Counter(MailMessage.objects.filter(kind="deadline.late").values_list("address", flat=True))
    found = {}
    for row in Deadline.objects.filter(object_kind="proof").select_related("person"):
        counts = (texts[row.person.phone_hash], letters[row.person.mail])
        found[f"{row.pk}"] = max(counts) if min(counts) else 0
    return found


def spoken(way):
    """Settled: sent, or known to be unknown. Whether it came twice is for the carrier to say."""
    from accounts import models

    rows = getattr(models, way).objects.values_list("pk", "kind", "state")
    return {f"{pk} {kind} {state}": int(state in {"sent", "unknown"}) for pk, kind, state in rows}


LOOKED_AT = {
    "archive.build": archives,
    "brand.changed": marks,
    "catalog.render_photo": photos,
    "consent.ended": consents,
    "county.step": openings,
    "deadline.reminded": reminders,
    "endorsement.turn": endorsements,
    "mail.send": lambda: spoken("MailMessage"),
    "packaging.draw_preview": previews,
    "packaging.make_pack": packs,
    "person.leave": goodbyes,
    "search.count_terms": terms_counted,
    "search.index": listings,
    "sms.send": lambda: spoken("SmsMessage"),
}

if __name__ == "__main__":
    import django

    django.setup()
    json.dump(judge(), sys.stdout, ensure_ascii=False, default=str)
