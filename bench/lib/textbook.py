"""The textbook form of BAIT in numpy: the forward phase of `binary`, with every score of every sample
computed anew after each pick. Called by bench/numpy.ts as `python3 textbook.py POOL.npz BUDGET PICKS`;
it prints one JSON object."""

import json
import sys
import time

import numpy as np

start = time.perf_counter()
path, budget, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
pool = np.load(path)
x = pool["features"].astype(np.float64)
logits = pool["logits"].astype(np.float64)
labeled = pool["labeled"]
n, d = x.shape
loaded = time.perf_counter()

p = np.exp(logits - logits.max(axis=1, keepdims=True))
p /= p.sum(axis=1, keepdims=True)
m = p.max(axis=1)
v = x * np.sqrt(m * (1 - m))[:, None]
F = v.T @ v / n
lam = 0.3 * np.trace(F) / d
share = len(labeled) / (len(labeled) + budget)
M = lam * np.eye(d) + share * (v[labeled].T @ v[labeled]) / len(labeled)
v *= np.sqrt(budget / (len(labeled) + budget))
inverse = np.linalg.inv(M)
candidate = np.ones(n, dtype=bool)
candidate[labeled] = False
picks = []
begun = time.perf_counter()
for _ in range(steps):
    middle = inverse @ F @ inverse
    g = ((v @ inverse) * v).sum(axis=1)
    h = ((v @ middle) * v).sum(axis=1)
    scores = np.where(candidate, h / (1 + g), -np.inf)
    s = int(scores.argmax())
    picks.append(s)
    candidate[s] = False
    w = inverse @ v[s]
    inverse -= np.outer(w, w) / (1 + v[s] @ w)
end = time.perf_counter()
print(json.dumps({
    "numpy": np.__version__,
    "picks": picks,
    "loadSeconds": loaded - start,
    "startSeconds": begun - loaded,
    "pickSeconds": (end - begun) / steps,
    "seconds": end - start,
}))
