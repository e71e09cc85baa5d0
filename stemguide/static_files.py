"""How static files are named and compressed for serving."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names, also where one script imports another."""

    support_js_module_import_aggregation = True
