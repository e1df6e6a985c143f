"""python -m tests.browser.prepare: a new database with Bäckerei Alzette of the demo, before its first customer."""

from dataclasses import replace
from unittest import mock

import django

if __name__ == "__main__":
    django.setup()  # the models of what follows need it
    from django.core.management import call_command

    from loyalty.demo import load, shops

    bakery = replace(shops.ALZETTE, customers=0)
    with mock.patch.object(load, "SHOPS", [bakery]):
        for command in (["migrate", "--verbosity", "0"], ["load_email_templates"], ["demo"]):
            call_command(*command)
