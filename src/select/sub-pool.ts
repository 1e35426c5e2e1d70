/**
 * Selection from parts of a large pool: from a random subset of the candidates, or from random
 * parts that share the budget (Citovsky et al. 2021, "Batch Active Learning at Scale", and Emam et
 * al. 2021, "Active Learning at the ImageNet Scale", partition core-sets in this way).
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { sample } from "../random/sample.ts";
import { checkedSelection } from "./strategy/checked-selection.ts";
import type { SelectionRequest } from "./strategy/request.ts";
import type { SelectedBatch } from "./strategy/selection.ts";
import type { Strategy } from "./strategy/strategy.ts";

/**
 * Runs a strategy on the whole pool or, according to its options `candidates` and `partitions`, on
 * smaller pools of all labeled samples and some of the candidates. Excluded samples are not part of
 * the smaller pools.
 *
 * @throws {InputError} if the budget is larger than the number of drawn candidates, or a custom
 * strategy returns anything but that many different candidates with finite scores
 * @throws {DeviceError} if a built-in strategy does
 */
export async function selectFromParts(
  request: SelectionRequest,
  strategy: Strategy,
): Promise<SelectedBatch> {
  const { budget, candidates, keyFor } = request;
  const { candidates: most = Infinity, partitions = 1 } = strategy.options as {
    readonly candidates?: number;
    readonly partitions?: number;
  };
  const count = Math.min(candidates.length, most);
  if (count < budget) {
    throw new InputError(`Cannot select ${budget} samples from ${count} random candidates`);
  }
  if (partitions === 1 && count === candidates.length) {
    return await checkedSelection(strategy, request);
  }
  const drawn = sample(candidates, count, keyFor("candidates"));
  const parts = Math.min(partitions, budget);
  const selections: SelectedBatch[] = [];
  // Sizes and shares are rounded in the same way, so that no share is larger than its part.
  const shareOf = (total: number, part: number) => Math.floor((total + parts - 1 - part) / parts);
  let start = 0;
  for (let place = 0; place < parts; place++) {
    const part = { place, members: drawn.slice(start, start += shareOf(count, place)) };
    selections.push(await selectFrom(request, part, shareOf(budget, place), strategy));
  }
  if (selections.length === 1) return selections[0]!;
  const scored = selections.every(({ scores }) => scores);
  return {
    picks: selections.flatMap(({ picks }) => picks),
    ...(scored && { scores: selections.flatMap(({ scores }) => scores!) }),
  };
}

/** Runs a strategy on a pool of the labeled samples and some of the candidates. */
async function selectFrom(
  request: SelectionRequest,
  part: { readonly place: number; readonly members: readonly number[] },
  budget: number,
  strategy: Strategy,
): Promise<SelectedBatch> {
  const { pool, labeled, predictor, members, oracle, keyFor } = request;
  // Keep the order of the pool, so that ties still go to the lowest index.
  const indices = [...labeled, ...part.members].sort((a, b) => a - b);
  const placeOf = new Map(indices.map((index, at) => [index, at]));
  const places = (of: readonly number[]) => of.map((index) => placeOf.get(index)!);
  using order = pool.device.tensor("samples of the part", [indices.length], "u32", indices);
  using small = pool.gather(order, indices.length);
  const selection = await checkedSelection(strategy, {
    ...request,
    pool: small,
    budget,
    labeled: places(labeled),
    excluded: [],
    candidates: places(part.members).sort((a, b) => a - b),
    predictor: predictor?.subset?.(indices) ?? predictor,
    members: members?.subset(indices),
    oracle: oracle && ((index) => oracle(indices[index]!)),
    keyFor: (purpose, ...counters) => keyFor(purpose, 1 + part.place, ...counters),
  });
  const { bait } = selection;
  return {
    ...selection,
    picks: selection.picks.map((at) => indices[at]!),
    ...(bait && { bait: { ...bait, forward: bait.forward.map((at) => indices[at]!) } }),
  };
}
