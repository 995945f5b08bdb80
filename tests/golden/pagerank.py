"""networkx `pagerank` on seeded random graphs → pagerank.json, for tests/pagerank.rs to repeat.

Shapes: sparse and dense, weighted, with self loops and dangling nodes, with and without a restart vector; 1 to 200 nodes.
"""

import json
import pathlib
import random

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
    text = "[\n" + ",\n".join(json.dumps(c, sort_keys=True) for c in cases) + "\n]\n"
    (HERE / "pagerank.json").write_text(text)
    print(f"pagerank.json: {len(cases)} cases, networkx {networkx.__version__}")


main()
