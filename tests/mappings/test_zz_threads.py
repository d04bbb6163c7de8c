import threading, time, random
import pytest
from django.db import connections
from tests.mappings.builders import *
from tests.mappings.fake_halo import *
from tests.mappings.test_apply_creates import assert_each_once
from integrations.models import *
pytestmark=[pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_short_rests")]
@pytest.mark.parametrize("round", range(4))
def test_threads(round, settings):
    settings.HALOBRIDGE_PAUSE_FACTOR=0.01
    scene, halo = Scene(computers=60, marker=round%2==0), FakeHalo()
    lock=threading.Lock()
    orig=halo._store
    def store(p):
        with lock: return orig(p)
    halo._store=store
    halo.faults=[lost_answer, fine]
    Instance.objects.update(batch_size=10)
    runs=[scene.run(scene.plan()) for _ in range(3)]
    errors=[]
    def go(run):
        try:
            work_off(run, halo, rounds=4000)
        except BaseException as e:
            errors.append(e); raise
        finally: connections.close_all()
    ts=[threading.Thread(target=go,args=(r,)) for r in runs for _ in range(2)]
    [t.start() for t in ts]; [t.join() for t in ts]
    assert not errors, errors
    assert_each_once(halo, 60)
    for r in runs: r.refresh_from_db(); print(r.state, r.totals, r.error)
