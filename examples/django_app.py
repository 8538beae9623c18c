"""Django in one file: DEBUG=1 PERFTRACK_ADMIN_TOKEN=choose-a-long-one python examples/django_app.py runserver"""

import os
import sys

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

settings.configure(
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    DEBUG="DEBUG" in os.environ,
    INSTALLED_APPS=["perftrack_django"],  # adds the system checks and `manage.py perftrack`
    MIDDLEWARE=["perftrack_django.PerformanceMiddleware"],
    PERFTRACK={"slow_query_threshold": 0.5},
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("SECRET_KEY", "only for this example"),
)


def item(request: HttpRequest, item_id: int) -> JsonResponse:
    return JsonResponse({"item_id": item_id})


urlpatterns = [
    path("items/<int:item_id>", item),
    path("admin/performance/", include("perftrack_django.urls")),
]

app = get_wsgi_application()
asgi_app = get_asgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
