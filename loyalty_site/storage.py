"""Static files for production: compressed, and named by their content, so that they are cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's manifest storage that also rewrites the imports of JavaScript modules."""

    support_js_module_import_aggregation = True
