/**
 * The backward phase of BAIT by rank updates, for batches with so many members that matrices of
 * their number would cost more than a pass over them for each removal: in float64 on the CPU, or,
 * if that would take too long, on the device of the selection.
 *
 * @module
 */

import type { RecordingOptions } from "../../../device/recording.ts";
import type { Tensor } from "../../../device/tensor.ts";
import { runGreedy } from "../../drivers/greedy.ts";
import type { FisherFactors } from "../fisher/factors.ts";
import { computeForms } from "../fisher/forms.ts";
import { computeMemberForms } from "../fisher/member-forms.ts";
import type { BaitInformation } from "../information.ts";
import { BaitPhase } from "../phase.ts";
import type { Matrices } from "../phase-state.ts";
import { copyFactors } from "./copy-factors.ts";
import type { ExactState } from "./state.ts";

/**
 * The largest number of operations of a backward phase in the space of the members, about eight
 * seconds, that is preferred to updates on a GPU.
 */
const MEMBER_OPERATIONS = 1e10;

/** The input of a backward phase with many members. */
export interface LargeStart extends RecordingOptions {
  /** F, M and lambda, and all samples. */
  readonly information: BaitInformation;
  /** The members in the order of their indices. */
  readonly members: FisherFactors;
  /** Their indices, u32. */
  readonly sorted: Tensor;
  /** The forms of all samples after the forward phase; those of members are `I - G` and H. */
  readonly forms: readonly Tensor[];
  /** The number of members to drop. */
  readonly drop: number;
  /** The number of operations in the space of the members. */
  readonly operations: number;
  /** The largest number of operations on the CPU. */
  readonly hostOperations: number;
  /** Computes the float64 matrices with all members, if they are not too large for the CPU. */
  readonly exactAt: () => Promise<ExactState | undefined>;
}

/** The result of a backward phase. */
export interface Pruned {
  /** The positions of the dropped samples among the members, in the order of the removals. */
  readonly dropped: ArrayLike<number>;
  /** The largest drift. */
  readonly drift: number;
}

/** The number of floating-point operations of a backward phase by updates. */
function updateOperations(members: FisherFactors, drop: number): number {
  const { D, rank, classes, pool: { rows, stride } } = members;
  const forms = rows * D * ((classes + 1) * stride + 4 * rank * D);
  return forms + drop * rank * (4 * rows * classes * stride + 10 * D ** 2);
}

/**
 * Drops members one after another, each time the member whose removal increases the objective
 * least; ties go to the lowest index.
 *
 * @returns undefined if the space of the members is the better way
 */
export async function pruneMany(start: LargeStart): Promise<Pruned | undefined> {
  const { information, members, sorted, forms, drop, operations, hostOperations } = start;
  const { device } = members.pool;
  const updates = updateOperations(members, drop);
  const cheap = updates <= operations;
  if (device.kind === "webgpu" && cheap && updates <= hostOperations) {
    const exact = await start.exactAt();
    if (exact) return await pruneCopy(members, exact, drop, start);
  }
  const most = device.kind === "webgpu" ? MEMBER_OPERATIONS : cheap ? 0 : Infinity;
  if (operations <= Math.min(hostOperations, most)) return undefined;
  // The H of a sample that is picked early falls by orders of magnitude afterwards, and its error
  // with it does not: the matrices are computed anew, and H from them.
  await information.sum({ picks: sorted, count: sorted.size }, () => device.idle());
  const gathered = members.segments.map((segment) =>
    information.factors.gatherTensor(sorted, segment, (_, place) => forms[place]!)
  );
  return await pruneWith(members, information.matrices, gathered, drop, start);
}

/** The backward phase in float64, on copies of the members. */
async function pruneCopy(
  factors: FisherFactors,
  { device, matrices }: ExactState,
  drop: number,
  options: RecordingOptions,
): Promise<Pruned> {
  using members = await copyFactors(factors, device);
  const { rank, pool: { rows } } = members;
  const triangle = rank * (rank + 1) / 2;
  const forms = device.tensor("forms", [rows, 2 * triangle]);
  using scores = device.tensor("scores", [rows]);
  await computeForms(members, matrices.inverse, "G", [forms], scores, () => device.idle());
  // In float64 the difference I - G keeps enough digits.
  const ones = new Set(Array.from({ length: rank }, (_, j) => j * (j + 3) / 2));
  const complements = (await device.read(forms)).map((value, e) =>
    (ones.has(e % (2 * triangle)) ? 1 : 0) - value
  );
  device.write(forms, complements);
  return await pruneWith(members, matrices, [forms], drop, options);
}

/** Removals by updates on the device of the members. The forms are disposed of. */
async function pruneWith(
  members: FisherFactors,
  matrices: Matrices,
  forms: readonly Tensor[],
  drop: number,
  options: RecordingOptions,
): Promise<Pruned> {
  const { device } = members.pool;
  using phase = new BaitPhase(members, matrices, -1, drop, [], forms);
  const { inverse, information } = matrices;
  await computeMemberForms(members, inverse, information, forms, () => device.idle());
  phase.score();
  // Removals are not repaired: they start from fresh forms, and on digits repairs (every 10 picks,
  // exp, B = 100) changed one pick of the batch and took three times as long as the selection.
  const advance = (place: number) => phase.advance(place);
  await runGreedy(device, { advance }, "backward", drop, options);
  const [dropped, drift] = await device.readAll([
    { tensor: phase.picks },
    { tensor: phase.pick, count: 1 },
  ]);
  return { dropped: dropped!, drift: drift![0]! };
}
