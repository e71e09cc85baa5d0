"""How static files are named and compressed for serving."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also writes the hashed names into the import statements of scripts."""

    support_js_module_import_aggregation = True
