"""The application that a server runs."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rasr.settings")
try:
    site = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.exit(f"RASR cannot start: {error}")

from rasr.listening import Listening
from rasr.remembered import Remembered

application = Remembered(site, Listening())

# What the program itself consists of stays: the search for garbage need not look through it while a page is drawn.
gc.collect()
gc.freeze()
