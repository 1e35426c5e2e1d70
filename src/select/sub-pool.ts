/**
 * Smaller pools for large ones: a random subset of the candidates, or random parts that share the budget
 * (Citovsky et al. 2021, "Batch Active Learning at Scale", and Emam et al. 2021 partition core-sets so).
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { counterHash } from "../random/counter-hash.ts";
import { sample } from "../random/sample.ts";
import type { SelectionRequest } from "./request.ts";
import type { Selection } from "./strategy-options.ts";

/**
 * Runs a strategy on the whole pool, or on what the options `candidates` and `partitions` make of it: the
 * labeled samples with a part of the candidates. Excluded samples are left out of the parts.
 */
export async function selectFromParts(
  request: SelectionRequest,
  run: (request: SelectionRequest) => Promise<Selection>,
): Promise<Selection> {
  const { budget, candidates, choices, seed } = request;
  const { partitions = 1 } = choices;
  const count = Math.min(candidates.length, choices.candidates ?? Infinity);
  if (count < budget) {
    throw new InputError(`Cannot select ${budget} samples from ${count} random candidates`);
  }
  if (partitions === 1 && count === candidates.length) return await run(request);
  const drawn = sample(candidates, count, counterHash(seed >>> 0, 0x5ab5e7));
  const parts = Math.min(partitions, budget);
  const selections: Selection[] = [];
  // Sizes and shares are rounded in the same way, so that no share is larger than its part.
  const shareOf = (total: number, part: number) => Math.floor((total + parts - 1 - part) / parts);
  let start = 0;
  for (let part = 0; part < parts; part++) {
    const members = drawn.slice(start, start += shareOf(count, part));
    selections.push(await selectFrom(request, members, shareOf(budget, part), part, run));
  }
  if (selections.length === 1) return selections[0]!;
  const scored = selections.every(({ scores }) => scores);
  return {
    picks: selections.flatMap(({ picks }) => picks),
    ...(scored && { scores: selections.flatMap(({ scores }) => scores!) }),
  };
}

/** The strategy on the labeled samples and some of the candidates. */
async function selectFrom(
  request: SelectionRequest,
  part: readonly number[],
  budget: number,
  place: number,
  run: (request: SelectionRequest) => Promise<Selection>,
): Promise<Selection> {
  const { pool, labeled, predictor, members, oracle, seed } = request;
  // In the order of the pool, so that ties still go to the lowest index.
  const indices = [...labeled, ...part].sort((a, b) => a - b);
  const placeOf = new Map(indices.map((index, at) => [index, at]));
  const places = (of: readonly number[]) => of.map((index) => placeOf.get(index)!);
  using order = pool.device.tensor("samples of the part", [indices.length], "u32", indices);
  using small = pool.gather(order, indices.length);
  const selection = await run({
    ...request,
    pool: small,
    budget,
    labeled: places(labeled),
    excluded: [],
    candidates: places(part).sort((a, b) => a - b),
    predictor: predictor?.subset?.(indices) ?? predictor,
    members: members?.subset(indices),
    oracle: oracle && ((index) => oracle(indices[index]!)),
    seed: counterHash(place, seed >>> 0),
  });
  const { bait } = selection;
  return {
    ...selection,
    picks: selection.picks.map((at) => indices[at]!),
    ...(bait && { bait: { ...bait, forward: bait.forward.map((at) => indices[at]!) } }),
  };
}
