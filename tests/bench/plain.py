"""A plain Django of one view and one query, with the middleware a new project starts with."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

MIDDLEWARE = [
    "tests.bench.plain.OwnUrls",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class OwnUrls:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.urlconf = "tests.bench.plain"
        return self.get_response(request)


def story(request: HttpRequest, pk: int) -> HttpResponse:
    from search.models import StoryCard

    card = StoryCard.objects.get(page_id=pk)
    return HttpResponse(f"<!doctype html><title>{card.title}</title><h1>{card.title}</h1><p>{card.standfirst}</p>")


urlpatterns = [path("story/<int:pk>/", story)]
