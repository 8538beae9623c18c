"""The admin pages: `path("admin/performance/", include("perftrack_django.urls"))`."""

from __future__ import annotations

from django.urls import re_path

from perftrack_django.views import pages

app_name = "perftrack"

urlpatterns = [re_path(r"^(?P<rest>.*)\Z", pages, name="pages")]
