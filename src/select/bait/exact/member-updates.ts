/**
 * The backward phase of BAIT in float64 by rank updates on the CPU device, for batches with so many
 * members that matrices of their number would cost more than a pass over them for each removal.
 *
 * @module
 */

import { ResourceStack } from "../../../disposal.ts";
import type { RecordingOptions } from "../../../device/recording.ts";
import { runGreedy } from "../../drivers/greedy.ts";
import type { ExactMatrices } from "./matrices.ts";
import { computeForms } from "../fisher/forms.ts";
import type { FisherFactors } from "../fisher/factors.ts";
import { copyFactors } from "./copy-factors.ts";
import { BaitPhase } from "../phase.ts";

/** The number of floating-point operations of {@linkcode pruneByUpdates}. */
export function updateOperations(members: FisherFactors, drop: number): number {
  const { D, rank, classes, pool: { rows, stride } } = members;
  const forms = rows * D * ((classes + 1) * stride + 4 * rank * D);
  return forms + drop * rank * (4 * rows * classes * stride + 10 * D ** 2);
}

/**
 * Drops members one after another, each time the member whose removal increases the objective
 * least; ties go to the lowest index.
 *
 * @param factors the members in the order of their indices
 * @param matrices F, M^-1 and P with all members, on a CPU device; they follow the removals
 * @param drop the number of members to drop
 * @param options how progress is reported and the work is aborted
 * @returns the positions of the dropped samples among the members, in the order of the removals
 */
export async function pruneByUpdates(
  factors: FisherFactors,
  matrices: ExactMatrices,
  drop: number,
  options: RecordingOptions,
): Promise<number[]> {
  const { device } = matrices;
  using members = await copyFactors(factors, device);
  const { rows } = members.pool;
  const { rank } = members;
  using undo = new ResourceStack();
  const triangle = rank * (rank + 1) / 2;
  const forms = undo.use(device.tensor("forms", [rows, 2 * triangle]));
  using scores = device.tensor("scores", [rows]);
  const step = () => device.idle();
  await computeForms(members, matrices.inverse, "G", [forms], scores, step);
  // In float64 the difference I - G keeps enough digits.
  const complements = (await device.read(forms)).map((value, e) => {
    const at = e % (2 * triangle);
    const row = Math.round((Math.sqrt(8 * at + 1) - 1) / 2);
    return (at === row * (row + 3) / 2 ? 1 : 0) - value;
  });
  device.write(forms, complements);
  undo.move();
  using phase = new BaitPhase(members, matrices, -1, drop, [], [forms]);
  await phase.refresh(step);
  phase.score();
  const advance = (place: number) => phase.advance(place);
  await runGreedy(device, { advance }, "backward", drop, options);
  return Array.from(await device.read(phase.picks));
}
