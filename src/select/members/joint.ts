/**
 * The joint predictions of several members for the samples of a batch.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { Resource, ResourceStack } from "../../disposal.ts";
import { drawJoint } from "../../kernels/members/draw-joint.ts";
import { extendJoint } from "../../kernels/members/extend-joint.ts";
import { jointGains } from "../../kernels/members/joint-gains.ts";
import { stackMember } from "../../kernels/members/stack-member.ts";
import { matmul } from "../../linalg/matmul.ts";
import type { Block, Pool } from "../../pool/pool.ts";
import { storableSegments } from "../../pool/probabilities.ts";
import type { Members } from "./members.ts";

/** The class probabilities of all members for all samples, on the device. */
export class MemberStack extends Resource {
  private constructor(
    /** The probabilities by blocks, `[rows, M, width]` each. */
    readonly blocks: readonly Block[],
    /** M, the number of members. */
    readonly members: number,
    /** K, the number of classes. */
    readonly classes: number,
    /** K rounded up to a multiple of 4; the padding is 0. */
    readonly width: number,
  ) {
    super();
  }

  /**
   * Computes the predictions of every member for every sample.
   *
   * @throws {DeviceError} if n M K numbers do not fit in device memory
   */
  static async from(pool: Pool, members: Members): Promise<MemberStack> {
    const { device } = pool;
    const { count, classes } = members;
    const width = 4 * Math.ceil(classes / 4);
    const blocks: Block[] = [];
    const stack = new MemberStack(blocks, count, classes, width);
    try {
      for (const segment of storableSegments(pool, count * width)) {
        const { base, rows } = segment;
        const stacked = device.tensor("probabilities of all members", [rows, count, width]);
        blocks.push({ features: stacked, base, rows });
        for (let member = 0; member < count; member++) {
          using probabilities = await members.predict(device, segment, member);
          const params = { rows, classes, members: count, member, width };
          device.run(stackMember, { probabilities, stacked }, params);
        }
      }
      return stack;
    } catch (error) {
      stack.dispose();
      throw error;
    }
  }

  /** Frees the probabilities. */
  dispose(): void {
    for (const { features } of this.blocks) features.dispose();
  }
}

/** Some samples of one block of a {@linkcode MemberStack}. */
export interface StackRows extends Block {
  /** The first of these samples in the block; `base` is its index in the pool. */
  readonly offset: number;
}

/** Configurations of classes of the samples of a batch: all of them, or random ones. */
export class Joint extends Resource {
  #weights: Tensor;
  #shares: Tensor;
  #configurations: number;

  /**
   * Creates an empty batch.
   *
   * @param device the device of the stack
   * @param stack the predictions of the members
   * @param configurations 1 to sum over all configurations with {@linkcode extend}, or the number
   * of configurations to draw
   */
  constructor(
    private readonly device: Device,
    private readonly stack: Pick<MemberStack, "members" | "classes" | "width">,
    configurations: number,
  ) {
    super();
    const { members } = stack;
    const stride = strideOf(configurations);
    const among = (count: number) =>
      Float32Array.from({ length: stride }, (_, c) => c < configurations ? 1 / count : 0);
    const weights = Array.from(among(members));
    using undo = new ResourceStack();
    this.#shares = undo.use(
      device.tensor("configurations", [stride], "real", among(configurations)),
    );
    this.#weights = device.tensor(
      "members by configurations",
      [members, stride],
      "real",
      Array.from({ length: members }, () => weights).flat(),
    );
    this.#configurations = configurations;
    undo.move();
  }

  /**
   * Records the addition of a sample `[M, width]` to the batch, with each of its classes in each
   * configuration.
   */
  extend(sample: Tensor): void {
    const { device, stack: { members, classes, width } } = this;
    const configurations = this.#configurations;
    const [stride, outStride] = [strideOf(configurations), strideOf(configurations * classes)];
    using weights = this.#weights;
    using shares = this.#shares;
    using undo = new ResourceStack();
    const outShares = undo.use(device.tensor("configurations", [outStride]));
    const outWeights = device.tensor("members by configurations", [members, outStride]);
    undo.move();
    this.#shares = outShares;
    this.#weights = outWeights;
    this.#configurations = configurations * classes;
    const params = { members, classes, width, configurations, stride, outStride };
    device.run(extendJoint, { sample, weights, shares, outWeights, outShares }, params);
  }

  /**
   * Records the addition of a sample `[M, width]` to the batch, with one random class in each
   * configuration.
   */
  draw(sample: Tensor, key: number): void {
    const { device, stack: { members, classes, width } } = this;
    const configurations = this.#configurations;
    const stride = strideOf(configurations);
    const params = { members, classes, width, configurations, stride, key };
    device.run(drawJoint, { sample, weights: this.#weights }, params);
  }

  /**
   * Records the mean probability of each member over all configurations. Over all configurations of
   * classes it is 1 / M. Over random ones it is not, and the gains are consistent only if both of
   * their terms are means over the same draws.
   *
   * @param posterior receives the probabilities, `[M]`
   */
  average(posterior: Tensor): void {
    matmul(this.device, {
      m: this.stack.members,
      n: 1,
      k: strideOf(this.#configurations),
      a: { tensor: this.#weights },
      b: { tensor: this.#shares },
      c: { tensor: posterior },
    });
  }

  /**
   * Records the mutual information between the classes of samples and the members, given the batch.
   *
   * @param rows the samples
   * @param posterior the result of {@linkcode average}
   * @param gains receives the mutual information in nats, `[n]`
   */
  measure(
    { features: stacked, offset, base, rows }: StackRows,
    posterior: Tensor,
    gains: Tensor,
  ): void {
    const { members, width } = this.stack;
    const tensors = { stacked, weights: this.#weights, shares: this.#shares, posterior, gains };
    this.device.run(jointGains, tensors, {
      rows,
      offset,
      base,
      members,
      classQuads: width / 4,
      quads: strideOf(this.#configurations) / 4,
    });
  }

  /** Frees the tensors. */
  dispose(): void {
    this.#weights.dispose();
    this.#shares.dispose();
  }
}

/** The number of configurations, padded to a multiple of 4. */
function strideOf(configurations: number): number {
  return 4 * Math.ceil(configurations / 4);
}
