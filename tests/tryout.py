"""The settings of `make run`, but pages are compressed in a hurry.

A site lives for a few seconds in a test, and would spend most of them on compressing.
"""

from stemguide.settings.tryout import *  # noqa: F403

BROTLI_QUALITY = 1
