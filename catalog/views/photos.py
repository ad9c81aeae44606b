"""A product's photos from a phone, one at a time."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, needs
from catalog import services
from catalog.entries import WRITE
from catalog.errors import UselessPhoto
from catalog.forms.steps import PhotoForm
from catalog.selectors import photos_of
from catalog.views.finding import editable_product
from catalog.views.questions import PHOTOS
from catalog.views.steps import photos_page
from kernel.answers import do_and_say
from kernel.errors import DomainError


@never_cache
@require_POST
@needs(WRITE)
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """The script asks for JSON; without it the screen comes again."""
    product = editable_product(request, pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.add_photo(product, form.cleaned_data["photo"], by=request.user)
        except UselessPhoto as refusal:
            form.add_error("photo", str(refusal))
        except DomainError as refusal:
            messages.error(request, str(refusal))
    if request.headers.get("Accept", "").startswith("application/json"):
        errors = [str(error) for error in form.errors.get("photo", [])]
        return JsonResponse({"errors": errors}, status=400 if errors else 200)
    if form.errors:
        return photos_page(request, product, form, status=400)
    return redirect("catalog:step", pk, PHOTOS)


@never_cache
@require_POST
@needs(WRITE)
def remove(request: SignedInRequest, pk: int, photo_pk: int) -> HttpResponse:
    product = editable_product(request, pk)
    photo = next((one for one in photos_of(product) if one.pk == photo_pk), None)
    if photo is None:
        raise Http404
    if photo.product_id == product.pk:
        do_and_say(request, lambda: services.remove_photo(photo, by=request.user), _("删掉了。"))
    else:
        words = _("改稿里不用这张了；县里通过以前，产品页上还有它。")
        do_and_say(request, lambda: services.leave_photo_out(product, photo, by=request.user), words)
    return redirect("catalog:step", pk, PHOTOS)
