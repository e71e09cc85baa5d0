"""The gunicorn options of StemGuide, without the hook that reads all pages."""

from stemguide.gunicorn_conf import *  # noqa: F403

del post_worker_init  # noqa: F821
