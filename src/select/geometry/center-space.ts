/**
 * The space of the features themselves: squared distances to the nearest of some samples.
 *
 * @module
 */

import type { Tensor } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { centerDistances } from "../../kernels/geometry/center-distances.ts";
import type { Pool } from "../../pool/pool.ts";
import { rowLanes } from "../../pool/row-lanes.ts";
import type { PickSpace } from "../drivers/pick-apart.ts";
import type { Picker } from "../drivers/picker.ts";

/** Squared distances to the nearest center. */
export class CenterSpace extends Resource implements PickSpace {
  /** `[n]`, squared distances. */
  readonly state: Tensor;
  readonly #center: Tensor;

  /**
   * Starts without a center.
   *
   * @param pool the features
   * @param assignment receives the entry that is nearest to each sample, `[n]`, u32
   */
  constructor(private readonly pool: Pool, private readonly assignment: Tensor) {
    super();
    const { device, rows, stride } = pool;
    using undo = new ResourceStack();
    this.state = undo.use(device.tensor("distance to the nearest center", [rows]));
    this.#center = undo.use(device.tensor("center", [stride]));
    undo.move();
  }

  /** See {@linkcode PickSpace.add}; entry 0 starts afresh. */
  add(picker: Picker, place: number): void {
    const { blocks, stride } = this.pool;
    picker.gather(blocks, stride, place, this.#center);
    this.measure(this.#center, place);
  }

  /** Records the distances to a center `[stride]`. */
  measure(center: Tensor, place: number): void {
    const { pool, state: nearest, assignment } = this;
    measureCenter(pool, { center, nearest, assignment }, place);
  }

  /** Frees what it holds. */
  dispose(): void {
    this.state.dispose();
    this.#center.dispose();
  }
}

/**
 * Records the squared distances of all rows to a center, where they are the least so far; place 0
 * starts afresh.
 */
export function measureCenter(
  { device, blocks, stride }: Pick<Pool, "device" | "blocks" | "stride">,
  tensors: Record<"center" | "nearest" | "assignment", Tensor>,
  place: number,
): void {
  for (const { features: x, base, rows } of blocks) {
    const params = { rows, base, d: stride, xOffset: 0, cluster: place };
    device.run(centerDistances, { x, ...tensors }, params, rowLanes(x, stride));
  }
}
