from tests.work.test_fossbilling_scenario_anchors import *
def test_left_over_rows_shown(site, lines):
    take_in(site, lines); reconcile(site)
    with site.reading() as c:
        for t in (ledger.records, ledger.observed):
            for row in c.execute(t.select().where(t.c.id.in_([64,65,126,125,62,56,61,121,122]))):
                print(t.name, tuple(row)[:12])
    assert 0
