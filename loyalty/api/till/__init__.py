"""The till's calls: everything under /api/v1/stores/."""
