/**
 * The driver of greedy strategies whose gains only fall as picks are made (submodular functions): lazy greedy
 * (Minoux 1978, "Accelerated Greedy Algorithms for Maximizing Submodular Set Functions"). What a sample would
 * have added some picks ago bounds what it adds now, so that only samples whose old gain is the largest are
 * looked at again.
 *
 * @module
 */

/** How lazy greedy is run. */
export interface LazyOptions {
  /** How many to pick, at most as many as there are candidates. */
  readonly budget: number;
  /** How many gains are asked for at a time, besides the first time, when it is all. */
  readonly batch: number;
  /** Stops before a pick that adds no more than this. Default: never. */
  readonly above?: number;
  /** Awaited after every pick. */
  readonly onPick?: () => Promise<void>;
}

/**
 * What samples would add to what was picked so far, `picked` being the pick that was made since the last call.
 * A gain must never be larger than it was in an earlier call, to the last bit: otherwise the picks are not those of
 * plain greedy.
 */
export type LazyGains = (
  indices: readonly number[],
  picked: number | undefined,
) => Promise<ArrayLike<number>>;

/**
 * Picks the sample that adds most, again and again; ties go to the lowest index. The picks are those of plain
 * greedy.
 *
 * @param candidates indices of the samples that may be picked
 * @param gains evaluates samples
 * @param options see {@linkcode LazyOptions}
 * @returns the picks, in order; fewer than the budget if what they add is no longer above `above`
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
    let asked = batch;
    while (queue.top.turn < turn) {
      const stale: Bound[] = [];
      while (stale.length < asked && queue.top && queue.top.turn < turn) stale.push(queue.pop());
      const fresh = await gains(stale.map(({ index }) => index), picked);
      picked = undefined;
      stale.forEach(({ index }, at) => queue.push({ index, gain: fresh[at]!, turn }));
      // Where one batch was not enough many bounds are far off, and every call waits for the device.
      asked *= 2;
    }
    if (!(queue.top.gain > above)) break;
    picks.push(picked = queue.pop().index);
    await onPick?.();
  }
  return picks;
}

/** What a sample added at the time of a pick. */
interface Bound {
  readonly index: number;
  readonly gain: number;
  readonly turn: number;
}

/** Samples by gain, the largest first and of equal ones the lowest index: a binary heap. */
class BoundQueue {
  readonly #heap: Bound[] = [];

  /** The first, if there is one. */
  get top(): Bound {
    return this.#heap[0]!;
  }

  /** Adds one. */
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

  /** Takes the first, which must be there. */
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
