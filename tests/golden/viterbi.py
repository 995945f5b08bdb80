"""hmmlearn's Viterbi paths and log-likelihoods for LogonTracer's published model → viterbi.json, for tests/hmm.rs to repeat.

Seeded random sequences: drawn from the model itself, evenly from all symbols, and runs of one symbol; 1 to 400 events.
The even ones end at 30: in longer ones two paths can be equally likely, and the last bit of a logarithm decides.
With --check nothing is written: what hmmlearn says now is compared with viterbi.json.
"""

import json
import pathlib
import random
import sys

import numpy
from hmmlearn.hmm import CategoricalHMM

HERE = pathlib.Path(__file__).parent

# JPCERTCC/LogonTracer model/hmm.pkl (BSD-3-Clause); symbols 4776 4768 4769 4624 4625.
START = [0.8271864303776253, 0.08900627798842721, 0.08380729163394741]
TRANSITION = [
    [0.9285081369926951, 0.07136798980400684, 0.00012387320329814935],
    [0.0006043833074369117, 0.2571094573062053, 0.7422861593863578],
    [0.28926271838930206, 0.3862413613108813, 0.32449592029981655],
]
EMISSION = [
    [0.0, 1.4535768490755837e-264, 4.3793736402588983e-23, 1.0, 0.0],
    [0.002604292119448158, 0.011030434995414156, 0.9839241435478312, 0.0024411293373065124, 1.789768455253447e-104],
    [2.785027113671527e-125, 0.01219694312118351, 0.003717164547703703, 0.9831959539051414, 0.000889938425971406],
]


def sequences():
    for seed in range(400):
        rng = random.Random(seed)
        length = rng.choice([1, 2, 3, 4, 5, 8, 13, 30, 80, 400])
        kind = seed % 4
        if kind == 0:
            state = rng.choices(range(3), START)[0]
            out = []
            for _ in range(length):
                out.append(rng.choices(range(5), EMISSION[state])[0])
                state = rng.choices(range(3), TRANSITION[state])[0]
        elif kind == 1:
            out = [rng.randrange(5) for _ in range(min(length, 30))]
        elif kind == 2:
            out = [seed // 4 % 5] * length
        else:
            # What logs hold: mostly 4624 and 4769, now and then something else.
            out = rng.choices(range(5), [1, 2, 30, 60, 7], k=length)
        yield out


def main():
    model = CategoricalHMM(n_components=3, implementation="log")
    model.startprob_, model.transmat_ = numpy.array(START), numpy.array(TRANSITION)
    model.emissionprob_, model.n_features = numpy.array(EMISSION), 5
    cases = []
    for symbols in sequences():
        x = numpy.array([symbols]).T
        path = "".join(map(str, model.predict(x)))
        cases.append({"likelihood": model.score(x), "path": path, "symbols": "".join(map(str, symbols))})
    if "--check" in sys.argv[1:]:
        kept = json.loads((HERE / "viterbi.json").read_text())
        if [{**case, "likelihood": 0} for case in kept] != [{**case, "likelihood": 0} for case in cases]:
            sys.exit("viterbi.json holds other sequences or paths; `cargo xtask golden` makes it anew")
        worst = max(abs(a["likelihood"] - b["likelihood"]) for a, b in zip(kept, cases))
        if not worst <= 1e-9:
            sys.exit(f"viterbi.json is off by {worst}; `cargo xtask golden` makes it anew")
        print(f"viterbi.json: {len(cases)} sequences, at most {worst:.1e} off")
        return
    text = "[\n" + ",\n".join(json.dumps(c, sort_keys=True) for c in cases) + "\n]\n"
    (HERE / "viterbi.json").write_text(text)
    print(f"viterbi.json: {len(cases)} sequences")


main()
