"""A county's addresses of accounts: its own people. Signing in is the province's."""

from accounts.urls_people import people_paths

app_name = "accounts"
urlpatterns = people_paths("county_people")
