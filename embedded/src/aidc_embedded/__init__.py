"""The embedded cloud: a pinned moto server plus the AWS APIs that the AI data center needs and moto lacks.

`server` holds the WSGI application, `apis` the added operations (one file per API) and `repairs` the
corrections of moto's own answers (one file per service). `python -m aidc_embedded` runs it.
"""

MOTO_VERSION = "5.2.5"
"""The one version of moto the repairs are written for and tested with."""
