"""Only the terminal's sizes, listed."""
import tempfile, sys
from pathlib import Path
import benchmarks.bench_pages as b
from benchmarks.report import Report
from benchmarks import data, site
from benchmarks.till_client import Till
from django.conf import settings
def run():
    report = Report("pages")
    shop = data.shop(stamps_reward_description="a coffee", card_name="Friends of the house")
    page = b.Page("terminal", f"/terminal/{shop.store.store_code}/", b.TABLET, signed_in=True)
    old=b._sizes
    def sizes(c,p):
        s=old(c,p)
        for u,n in sorted(s.items(), key=lambda x:x[1]): print(n,u)
        return s
    b._sizes=sizes
    with tempfile.TemporaryDirectory() as folder, site.web(**b._as_deployed(folder)) as server:
        session = Till(server.port, shop).cookies[settings.SESSION_COOKIE_NAME]
        b._open(report, page, server.port, session)
    return report
