/**
 * The feature space: squared Euclidean distances to the nearest of several centers.
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

/** The squared distances of all samples to the nearest center. */
export class CenterSpace extends Resource implements PickSpace {
  /** The squared distances, `[n]`. */
  readonly state: Tensor;
  readonly #center: Tensor;

  /**
   * Creates a space without centers.
   *
   * @param pool the features, `[n, d]`
   * @param assignment receives the position of the nearest center of each sample, `[n]`, u32
   */
  constructor(private readonly pool: Pool, private readonly assignment: Tensor) {
    super();
    const { device, rows, stride } = pool;
    using undo = new ResourceStack();
    this.state = undo.use(device.tensor("distance to the nearest center", [rows]));
    this.#center = undo.use(device.tensor("center", [stride]));
    undo.move();
  }

  /** Records the update after a pick, see {@linkcode PickSpace.add}; entry 0 starts afresh. */
  add(picker: Picker, place: number): void {
    const { blocks, stride } = this.pool;
    picker.gather(blocks, stride, place, this.#center);
    this.measure(this.#center, place);
  }

  /** Records the update with a center `[stride]` as entry `place`. */
  measure(center: Tensor, place: number): void {
    const { pool, state: nearest, assignment } = this;
    measureCenter(pool, { center, nearest, assignment }, place);
  }

  /** Frees the tensors. */
  dispose(): void {
    this.state.dispose();
    this.#center.dispose();
  }
}

/**
 * Records the squared distances of all rows to a center if they are the smallest so far; place 0
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
