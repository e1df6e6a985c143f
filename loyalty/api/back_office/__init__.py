"""The back office: everything under /api/v1/admin/."""
