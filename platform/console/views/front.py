"""县馆门面: the county's own office chooses its theme, its saying and the phone it shows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.doors import SignedInRequest, needs
from console.entries import FRONT
from console.forms import FrontForm
from tenants import services
from tenants.models import County


@needs(FRONT)
def change(request: SignedInRequest) -> HttpResponse:
    county = County.objects.get(code=request.county.code)
    now = {name: getattr(county, name) for name in FrontForm.base_fields}
    form = FrontForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            services.change_county(
                county, by=request.user, **{name: form.cleaned_data[name] for name in form.changed_data}
            )
        messages.success(request, _("存好了，县馆已经换上。"))
        return redirect("console:front")
    return render(request, "console/front.html", {"form": form})
