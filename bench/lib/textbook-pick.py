"""One pick of the textbook form of BAIT in numpy, `binary`, on random features. Called by
bench/scale.ts as `python3 textbook-pick.py ROWS COLUMNS PICKS`; it prints one JSON object."""

import json
import sys
import time

import numpy as np

n, d, steps = (int(text) for text in sys.argv[1:4])
v = np.random.default_rng(1).standard_normal((n, d))
F = v.T @ v / n
inverse = np.linalg.inv(0.3 * np.trace(F) / d * np.eye(d))
candidate = np.ones(n, dtype=bool)
seconds = []
for _ in range(steps):
    begun = time.perf_counter()
    middle = inverse @ F @ inverse
    g = ((v @ inverse) * v).sum(axis=1)
    h = ((v @ middle) * v).sum(axis=1)
    s = int(np.where(candidate, h / (1 + g), -np.inf).argmax())
    candidate[s] = False
    w = inverse @ v[s]
    inverse -= np.outer(w, w) / (1 + v[s] @ w)
    seconds.append(time.perf_counter() - begun)
print(json.dumps({"numpy": np.__version__, "pickSeconds": min(seconds)}))
