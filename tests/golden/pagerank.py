"""networkx `pagerank` on seeded random graphs → pagerank.json, for tests/pagerank.rs to repeat.

Shapes: sparse and dense, weighted, with self loops and dangling nodes, with and without a restart vector; 1 to 200 nodes.
With --check nothing is written: the ranks are compared with pagerank.json.
"""

import json
import pathlib
import random
import sys

import networkx

HERE = pathlib.Path(__file__).parent


def graph(seed, nodes, arrows, restart):
    rng = random.Random(seed)
    g = networkx.DiGraph()
    g.add_nodes_from(range(nodes))
    for _ in range(arrows):
        a, b = rng.randrange(nodes), rng.randrange(nodes)
        g.add_edge(a, b, weight=round(rng.uniform(0.1, 20), 3))
    vector = {n: round(rng.random(), 3) for n in range(nodes) if rng.random() < 0.4} if restart else None
    return g, vector or None


def compare(cases):
    """Graphs exactly, ranks to 1e-12: sums are done in another order on another processor."""
    kept = json.loads((HERE / "pagerank.json").read_text())
    if [{**case, "ranks": None} for case in kept] != [{**case, "ranks": None} for case in cases]:
        sys.exit("pagerank.json holds other graphs than this script makes; `cargo xtask golden` makes it anew")
    worst = max(abs(k - m) for a, b in zip(kept, cases) for k, m in zip(a["ranks"], b["ranks"], strict=True))
    if not worst <= 1e-12:
        sys.exit(f"pagerank.json is off by {worst}; `cargo xtask golden` makes it anew")
    print(f"pagerank.json: {len(cases)} cases, at most {worst:.1e} off")


def main():
    cases = []
    for seed, (nodes, arrows) in enumerate([(1, 0), (2, 1), (3, 4), (5, 12), (10, 15), (20, 80), (50, 60), (50, 400), (100, 90), (200, 250), (200, 3000)]):
        for restart in (False, True):
            g, vector = graph(seed, nodes, arrows, restart)
            for alpha, tol in ((0.85, 1e-6), (0.85, 1e-12), (0.6, 1e-12)):
                ranks = networkx.pagerank(g, alpha=alpha, personalization=vector, tol=tol, max_iter=1000)
                cases.append(
                    {
                        "nodes": nodes,
                        "arrows": sorted([a, b, w] for a, b, w in g.edges(data="weight")),
                        "restart": [vector.get(n, 0.0) for n in range(nodes)] if vector else None,
                        "alpha": alpha,
                        "tol": tol,
                        "ranks": [ranks[n] for n in range(nodes)],
                    }
                )
    if "--check" in sys.argv[1:]:
        return compare(cases)
    text = "[\n" + ",\n".join(json.dumps(c, sort_keys=True) for c in cases) + "\n]\n"
    (HERE / "pagerank.json").write_text(text)
    print(f"pagerank.json: {len(cases)} cases, networkx {networkx.__version__}")


main()
