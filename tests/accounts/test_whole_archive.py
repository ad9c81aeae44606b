"""What names a person is told to that person: one row of every such kind is planted and looked for."""

from datetime import UTC, date, datetime
from itertools import count
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models

from accounts.models import User
from accounts.rights import holdings
from branding import taking_along
from branding.models import Brand, PackageRequest
from tenants.scope import county_scope
from tests.cms import pictures
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
_numbers = count(1)

TRAIL = "the audit trail tells who did it, and the trail is in the archive"
ANOTHER = "it speaks of somebody else; that this person did it stands in the audit trail"
DESK = "what an editor's screen remembers for a moment; it goes by itself"
# Model and field → why the archive does not tell it.
EXCUSED = {
    "accounts.Membership.granted_by": ANOTHER,
    "accounts.Membership.revoked_by": ANOTHER,
    "accounts.Invitation.invited_by": ANOTHER,
    "accounts.ResetRequest.asked_by": ANOTHER,
    "accounts.ResetRequest.approved_by": ANOTHER,
    "accounts.MessageStop.by": TRAIL,
    "accounts.MessageStop.ended_by": TRAIL,
    "accounts.Archive.subject": "the archive is this very thing; the trail tells each",
    "accounts.Archive.asked_by": TRAIL,
    "accounts.Goodbye.user": TRAIL,
    "console.CountyList.by": TRAIL,
    "account.EmailAddress.user": "allauth's own table, which nothing here fills",
    "branding.Pin.resolved_by_name": "a name alone, which two may share; packaging.resolve in the trail has the person",
    "cms.Consent.withdrawn_by": "a name alone; the archive finds them by consent.withdraw in the trail",
    "catalog.Producer.phone_agreed_by": TRAIL,
    "catalog.ProducerAccount.tied_by": ANOTHER,
    "branding.ComplianceDraft.by": "what their own form remembers until it is recorded; the run then is told",
    "catalog.HistoricalProduct.created_by": "a copy of the product's own field, which is told",
    "wagtailcore.Page.locked_by": DESK,
    "wagtailcore.Comment.resolved_by": "only that another's remark is settled; the trail of pages has it",
    "wagtailcore.PageSubscription.user": DESK,
    "wagtailcore.UploadedFile.uploaded_by_user": DESK,
    "wagtailadmin.EditingSession.user": DESK,
    "wagtailadmin.FormState.user": DESK,
}


def names_somebody(field):
    if field.is_relation:
        return field.related_model is User
    return isinstance(field, models.CharField | models.TextField) and (
        field.name.endswith("by_name") or field.name.endswith("_by")
    )


def fields():
    """Every field that names a person; a name beside its person is told with it."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if names_somebody(field) and model is not User:
                beside = field.name.removesuffix("_name")
                if beside == field.name or beside not in {one.name for one in model._meta.concrete_fields}:
                    yield pytest.param(model, field, id=f"{model._meta.label}.{field.name}")


def planted(model, others, **given):
    """A row with the least it needs; whoever else it must name are several people."""
    row, people = model(**given), iter(others)
    for field in model._meta.local_concrete_fields:
        if field.name in given or field.primary_key or (field.null and field.name != "at") or field.has_default():
            continue
        if field.is_relation:
            value = next(people) if field.related_model is User else first_of(field.related_model, others)
        else:
            value = filled(field)
        setattr(row, field.name, value)
    model._base_manager.bulk_create([row])
    return model._base_manager.order_by("pk").last()


def first_of(model, others):
    return model._base_manager.order_by("pk").first() or planted(model, others)


FILLED = (
    (models.UUIDField, lambda field: uuid4()),
    (models.JSONField, lambda field: {}),
    (models.GenericIPAddressField, lambda field: "127.0.0.1"),
    (models.DateTimeField, lambda field: NOON),
    (models.DateField, lambda field: NOON.date()),
    (models.BooleanField, lambda field: True),
    (models.IntegerField, lambda field: 1),
)


def filled(field):
    for kind, value in FILLED:
        if isinstance(field, kind):
            return value(field)
    if field.choices:
        return field.choices[0][0]
    is_number = field.name == "object_id" or (field.max_length and field.max_length < 10)
    return ("1" if is_number else f"x{next(_numbers)}")[: field.max_length]


def told_of(user):
    """How many rows each kind has, the account itself aside."""
    return {holding.code: len(rows) for holding, rows in holdings.collected(user) if holding.code != "account"}


@pytest.fixture(autouse=True)
def a_place_of_our_own(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def person(wuchang):
    return make_person("county_editor", wuchang, name="白鹭飞")


@pytest.fixture
def somebody(wuchang):
    return [make_person("county_editor", wuchang, name=f"别人{number}") for number in range(3)]


@pytest.mark.parametrize(("model", "field"), list(fields()))
def test_what_names_a_person_is_told_to_them_or_excused(model, field, person, somebody, wuchang):
    before = told_of(person)
    with county_scope(wuchang):
        pictures.image()  # a row whose file is there
        if model._meta.label in {"wagtailcore.Page", "wagtailimages.Image"}:
            model.objects.filter(pk=model.objects.order_by("-pk").first().pk).update(**{field.name: person})
        else:
            planted(model, somebody, **{field.name: person if field.is_relation else person.name})
    more = {code for code, rows in told_of(person).items() if rows > before[code]}
    name = f"{model._meta.label}.{field.name}"
    assert bool(more) != (name in EXCUSED), f"{name}: told in {more or 'nothing'}, excuse {EXCUSED.get(name)}"


def test_every_excuse_is_of_a_field_that_is_there():
    assert EXCUSED.keys() <= {param.id for param in fields()}


def test_a_consent_somebody_took_back_for_another_is_told(person, somebody, wuchang):
    from cms import consents
    from tests.cms.pictures import consent

    with county_scope(wuchang):
        signed = consent("赵福贵")
        consents.withdraw_consent(signed, by=person, why="本人来电话")
    told = {holding.code: rows for holding, rows in holdings.collected(person)}["consents"]
    assert [row["同意书"] for row in told] == [signed.pk]


# --- a county's archive ---------------------------------------------------------------------------
# What hangs on a case and is no relation of ``BELOW`` → why.
NOT_BELOW = {
    "branding.BrandKey": "computed from the names, to find names alike",
    "branding.PackageRequest": "told with the packages of the county",
    "branding.ComplianceDraft": "one person's form, not recorded yet",
}


def below(model):
    return {relation.related_model: relation.get_accessor_name() for relation in model._meta.related_objects}


def test_everything_that_hangs_on_a_case_is_told_with_it_or_excused():
    waiting, seen = [Brand, PackageRequest], set()
    while waiting:
        model = waiting.pop()
        for child, name in below(model).items():
            if name is None or child in seen:
                continue
            seen.add(child)
            waiting.append(child)
    told = {model._meta.get_field(name).related_model for model, names in taking_along.BELOW.items() for name in names}
    assert {model._meta.label for model in seen - told} == set(NOT_BELOW)


def test_the_remarks_files_offers_and_packs_of_a_package_are_in_it(wuchang, somebody):
    case = planted(PackageRequest, somebody, county_code=wuchang.code, product_name="稻花香")
    round_ = planted(apps.get_model("branding.Round"), somebody, request=case)
    file = planted(apps.get_model("branding.RoundFile"), somebody, round=round_, name="正面.png")
    planted(apps.get_model("branding.Pin"), somebody, round=round_, file=file, words="字大一点")
    planted(apps.get_model("branding.Offer"), somebody, request=case, words="想做")
    planted(apps.get_model("branding.PrintPack"), somebody, request=case, variant_name="2.5 kg")
    told = taking_along._whole(case)
    assert [pin["words"] for pin in told["rounds"][0]["pins"]] == ["字大一点"]
    assert [one["name"] for one in told["rounds"][0]["files"]] == ["正面.png"]
    assert (told["offers"][0]["words"], told["packs"][0]["variant_name"]) == ("想做", "2.5 kg")


def test_a_misspelt_relation_is_no_silence(wuchang, somebody, monkeypatch):
    monkeypatch.setitem(taking_along.BELOW, PackageRequest, ("rouns",))
    with pytest.raises(AttributeError, match="rouns"):
        taking_along._whole(planted(PackageRequest, somebody, county_code=wuchang.code, due_on=date(2026, 12, 1)))
