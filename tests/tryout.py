"""The settings of `make run`, but with the lowest Brotli quality.

A site runs for a few seconds in a test, and would spend most of them on compression.
"""

from stemguide.settings.tryout import *  # noqa: F403

BROTLI_QUALITY = 1
