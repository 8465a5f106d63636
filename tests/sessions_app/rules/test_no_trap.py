"""From every open session a nurse and a prescriber reach an end by legal steps, doing what the refusals say."""



from tests.sessions_app.rules.builders import PROGRAMS, codes
from tests.sessions_app.rules.solver import (
    DECIDING_FIRST,
    MEASURING_FIRST,
    PATIENTS,
    answer_every_refusal,
    worlds,
)

TIGHTEST = [program.under({name: number.bound for name, number in program.numbers.items()}) for program in PROGRAMS]


def test_probe():
    import collections
    import time

    for program in (*PROGRAMS, *TIGHTEST):
        for patient in PATIENTS:
            for pref in (MEASURING_FIRST, DECIDING_FIRST):
                t = time.time()
                c = collections.Counter()
                for w in worlds():
                    end = answer_every_refusal(w.scene(program, patient), pref)
                    c[codes(end.left)] += 1
                print(program.code, patient, pref[0], round(time.time() - t, 2), dict(c))
