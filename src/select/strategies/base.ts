/**
 * BASE, Balanced Selection (Emam et al. 2021, "Active Learning at the ImageNet Scale"): an equal
 * number of samples nearest to the decision boundary of each class.
 *
 * @module
 */

import { Boundaries } from "../geometry/boundaries.ts";
import type { ResolvedOptions } from "../strategy/options.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";

/** The options of {@linkcode base}. */
export const baseOptions = {
  /** Whether rounds start with different classes. */
  rotate: {
    kind: "flag",
    help: "Start with class (round * budget) mod K instead of class 0",
  },
} as const;

/**
 * Picks, for each class c in turn, the `floor(B / K) + [c < B mod K]` samples nearest to the
 * decision boundary of c that are not picked yet. For samples predicted as c that is any of their
 * boundaries, and for others the boundary between their class and c. With `rotate` the classes
 * start at `(round B) mod K`; without it at 0, as in the published code.
 *
 * Reads the weights of a linear head. The scores are the negative distances.
 */
export const base: StrategyFactory<typeof baseOptions> = /* @__PURE__ */ builtInStrategy({
  name: "base",
  summary: "An equal number of samples nearest to the decision boundary of each class",
  source: 'Emam et al. 2021, "Active Learning at the ImageNet Scale"',
  cost: "one pass over n x K",
  reads: ["weights"],
  options: baseOptions,
  select: choose,
});

async function choose(
  request: SelectionRequest,
  { rotate }: ResolvedOptions<typeof baseOptions>,
): Promise<SelectedBatch> {
  const { pool, candidates, budget, round } = request;
  using boundaries = await Boundaries.from(request);
  const { classes } = boundaries;
  const nearest = new NearestOfClasses(classes, budget, pool.rows, candidates);
  using least = pool.device.tensor("distances to the boundary", [pool.rows]);
  for (const segment of boundaries.segments) {
    using distances = boundaries.distances(segment, least);
    nearest.add(segment.base, await pool.device.read(distances));
  }
  const start = rotate ? (round * budget) % classes : 0;
  const picks: number[] = [];
  const scores: number[] = [];
  const taken = new Set<number>();
  for (let turn = 0; turn < classes; turn++) {
    const quota = Math.floor(budget / classes) + (turn < budget % classes ? 1 : 0);
    const open = nearest.of((start + turn) % classes).filter(({ index }) => !taken.has(index));
    for (const { index, distance } of open.slice(0, quota)) {
      taken.add(index);
      picks.push(index);
      scores.push(-distance);
    }
  }
  return { picks, scores };
}

/**
 * The B nearest candidates of each class, which suffice because at most B - 1 can have been picked
 * before.
 */
class NearestOfClasses {
  readonly #open: Uint8Array;
  readonly #nearest: { index: number; distance: number }[][];

  constructor(
    private readonly classes: number,
    private readonly budget: number,
    rows: number,
    candidates: readonly number[],
  ) {
    this.#open = new Uint8Array(rows);
    for (const index of candidates) this.#open[index] = 1;
    this.#nearest = Array.from({ length: classes }, () => []);
  }

  /** Adds rows of distances `[rows, K]`, in the order of the pool. */
  add(base: number, distances: ArrayLike<number>): void {
    const { classes, budget } = this;
    const bounds = new Float64Array(classes).fill(Infinity);
    for (let i = 0; i * classes < distances.length; i++) {
      if (!this.#open[base + i]) continue;
      for (let c = 0; c < classes; c++) {
        const distance = distances[i * classes + c]!;
        if (distance >= bounds[c]!) continue;
        const list = this.#nearest[c]!;
        list.push({ index: base + i, distance });
        if (list.length < 2 * budget + 64) continue;
        this.#nearest[c] = this.of(c);
        bounds[c] = this.#nearest[c]!.at(-1)!.distance;
      }
    }
  }

  /** The B nearest candidates of a class; ties go to the lowest index. */
  of(label: number): { index: number; distance: number }[] {
    return this.#nearest[label]!
      .toSorted((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, this.budget);
  }
}
