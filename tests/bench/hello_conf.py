"""The same options of gunicorn as StemGuide's; the bare view has no pages to read."""

from stemguide.gunicorn_conf import *  # noqa: F403

del post_worker_init  # noqa: F821
