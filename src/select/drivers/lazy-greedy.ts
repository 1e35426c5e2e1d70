/**
 * The driver of greedy strategies whose gains never grow as picks are made, that is of submodular
 * functions: lazy greedy (Minoux 1978, "Accelerated Greedy Algorithms for Maximizing Submodular Set
 * Functions"). The gain of a sample some picks ago is an upper bound of its gain now, so that only
 * the samples with the largest bounds are evaluated again.
 *
 * @module
 */

/** The options of {@linkcode lazyGreedy}. */
export interface LazyOptions {
  /** The number of picks, at most the number of candidates. */
  readonly budget: number;
  /**
   * The number of samples that are evaluated at once, after the first evaluation of all candidates.
   */
  readonly batch: number;
  /** Stops before a pick whose gain is not above this. Default: never. */
  readonly above?: number;
  /** A callback that is awaited after every pick. */
  readonly onPick?: () => Promise<void>;
}

/**
 * A function that returns the gains of samples: by how much each would improve the picks so far.
 * `picked` is the pick that was made since the last call, if any. The gain of a sample must never
 * grow from one call to a later one, not even in its last bit; otherwise the picks differ from
 * those of plain greedy selection.
 */
export type LazyGains = (
  indices: readonly number[],
  picked: number | undefined,
) => Promise<ArrayLike<number>>;

/**
 * Repeatedly picks the sample with the largest gain; ties go to the lowest index. The picks are
 * those of plain greedy selection.
 *
 * @example The samples that together cover the most classes
 * ```ts
 * import { lazyGreedy } from "@creel/creel/kernels";
 * import assert from "node:assert/strict";
 *
 * const classes = [[0, 1], [0, 1, 2], [2, 3], [4]];
 * const covered = new Set<number>();
 * const gains = (indices: readonly number[], picked: number | undefined) => {
 *   if (picked !== undefined) classes[picked]!.forEach((k) => covered.add(k));
 *   return Promise.resolve(indices.map((i) => classes[i]!.filter((k) => !covered.has(k)).length));
 * };
 * const picks = await lazyGreedy([0, 1, 2, 3], gains, { budget: 4, batch: 2, above: 0 });
 * assert.deepEqual(picks, [1, 2, 3]); // sample 0 adds nothing
 * ```
 *
 * @param candidates the indices of the samples that may be picked
 * @param gains evaluates samples
 * @param options see {@linkcode LazyOptions}
 * @returns the picks, in order; fewer than the budget if no gain is above `above`
 */
export async function lazyGreedy(
  candidates: readonly number[],
  gains: LazyGains,
  options: LazyOptions,
): Promise<number[]> {
  const { budget, batch, above = -Infinity, onPick } = options;
  const first = await gains(candidates, undefined);
  const queue = new BoundQueue();
  candidates.forEach((index, at) => queue.push({ index, gain: first[at]!, turn: 0 }));
  const picks: number[] = [];
  let picked: number | undefined;
  while (picks.length < budget && queue.top) {
    const turn = picks.length;
    let size = batch;
    while (queue.top.turn < turn) {
      const stale: Bound[] = [];
      while (stale.length < size && queue.top && queue.top.turn < turn) stale.push(queue.pop());
      const fresh = await gains(stale.map(({ index }) => index), picked);
      picked = undefined;
      stale.forEach(({ index }, at) => queue.push({ index, gain: fresh[at]!, turn }));
      // If one batch was not enough, many bounds are far off, and every call waits for the device.
      size *= 2;
    }
    if (!(queue.top.gain > above)) break;
    picks.push(picked = queue.pop().index);
    await onPick?.();
  }
  return picks;
}

/** The gain of a sample when it was last evaluated. */
interface Bound {
  readonly index: number;
  readonly gain: number;
  readonly turn: number;
}

/** A binary heap of samples: the largest gain first, and of equal gains the lowest index. */
class BoundQueue {
  readonly #heap: Bound[] = [];

  /** The first entry, if there is one. */
  get top(): Bound {
    return this.#heap[0]!;
  }

  /** Adds an entry. */
  push(bound: Bound): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(bound, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = bound;
  }

  /** Removes and returns the first entry of a queue that is not empty. */
  pop(): Bound {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    while (2 * at + 1 < heap.length) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function isBefore(a: Bound, b: Bound): boolean {
  return a.gain > b.gain || (a.gain === b.gain && a.index < b.index);
}
