"""Jobs that undo many lines, and that write all of a merchant. Undone, they go: they are kept for days only."""

from django.db import migrations, models

KINDS = [
    ("export", "export"),
    ("look", "import"),
    ("check", "import"),
    ("import", "import"),
    ("revert", "taking back"),
    ("print", "for the printer"),
    ("rehearse", "rehearsal"),
    ("foresee", "preview of an undoing"),
    ("undo", "undoing"),
    ("whole", "everything of a merchant"),
]
KIND_IS_KNOWN = models.CheckConstraint(
    condition=models.Q(("kind__in", [kind for kind, _name in KINDS])), name="job_kind_is_known"
)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_outbox_requests")]

    operations = [
        migrations.RemoveConstraint(model_name="backgroundjob", name="job_kind_is_known"),
        migrations.AlterField(
            model_name="backgroundjob",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10, verbose_name="kind"),
        ),
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "DELETE FROM tenancy_backgroundjob WHERE kind IN ('foresee', 'undo', 'whole')",
        ),
        migrations.AddConstraint(model_name="backgroundjob", constraint=KIND_IS_KNOWN),
    ]
