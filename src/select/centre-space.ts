/**
 * The space of the features themselves: squared distances to the nearest of some samples.
 *
 * @module
 */

import type { Tensor } from "../device/tensor.ts";
import { centreDistances } from "../kernels/k-means.ts";
import type { Pool } from "../pool/pool.ts";
import { rowLanes } from "../pool/row-lanes.ts";
import type { PickSpace } from "./pick-apart.ts";
import type { Picker } from "./picker.ts";

/** Squared distances to the nearest centre. */
export class CentreSpace implements PickSpace, Disposable {
  /** `[n]`, squared distances. */
  readonly state: Tensor;
  readonly #centre: Tensor;

  /**
   * Starts without a centre.
   *
   * @param pool the features
   * @param assignment receives the entry that is nearest to each sample, `[n]`, u32
   */
  constructor(private readonly pool: Pool, private readonly assignment: Tensor) {
    const { device, rows, stride } = pool;
    using undo = new DisposableStack();
    this.state = undo.use(device.tensor("distance to the nearest centre", [rows]));
    this.#centre = undo.use(device.tensor("centre", [stride]));
    undo.move();
  }

  /** See {@linkcode PickSpace.add}; entry 0 starts afresh. */
  add(picker: Picker, place: number): void {
    const { blocks, stride } = this.pool;
    picker.gather(blocks, stride, place, this.#centre);
    this.measure(this.#centre, place);
  }

  /** Records the distances to a centre `[stride]`. */
  measure(centre: Tensor, place: number): void {
    const { pool, state: nearest, assignment } = this;
    measureCentre(pool, { centre, nearest, assignment }, place);
  }

  /** Frees what it holds. */
  [Symbol.dispose](): void {
    this.state[Symbol.dispose]();
    this.#centre[Symbol.dispose]();
  }
}

/** Records the squared distances of all rows to a centre, where they are the least so far; place 0 starts afresh. */
export function measureCentre(
  { device, blocks, stride }: Pick<Pool, "device" | "blocks" | "stride">,
  tensors: Record<"centre" | "nearest" | "assignment", Tensor>,
  place: number,
): void {
  for (const { features: x, base, rows } of blocks) {
    const params = { rows, base, d: stride, xOffset: 0, cluster: place };
    device.run(centreDistances, { x, ...tensors }, params, rowLanes(x, stride));
  }
}
