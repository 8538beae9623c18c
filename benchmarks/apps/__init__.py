"""The apps that are served to be measured: raw ASGI and WSGI, and one small app of each framework."""
