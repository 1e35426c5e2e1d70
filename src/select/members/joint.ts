/**
 * What several members say about the samples of a batch together.
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
import { predictableSegments } from "../../pool/probabilities.ts";
import type { Members } from "./members.ts";

/** The probabilities of all members for all samples, on the device. Frees them when disposed. */
export class MemberStack extends Resource {
  private constructor(
    /** `[rows, M, width]` each. */
    readonly blocks: readonly Block[],
    /** M. */
    readonly members: number,
    /** K. */
    readonly classes: number,
    /** K padded with zeros to a multiple of 4. */
    readonly width: number,
  ) {
    super();
  }

  /**
   * Asks every member about every sample.
   *
   * @throws {DeviceError} if n M K numbers do not fit on the device
   */
  static async from(pool: Pool, members: Members): Promise<MemberStack> {
    const { device } = pool;
    const { count, classes } = members;
    const width = 4 * Math.ceil(classes / 4);
    const blocks: Block[] = [];
    const stack = new MemberStack(blocks, count, classes, width);
    try {
      for (const segment of predictableSegments(pool, count * width)) {
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

/** Samples of one block of a {@linkcode MemberStack}. */
export interface StackRows extends Block {
  /** The first of them in the block; `base` is its index in the pool. */
  readonly offset: number;
}

/** The classes of the samples of a batch as configurations, all of them or drawn ones. */
export class Joint extends Resource {
  #weights: Tensor;
  #shares: Tensor;
  #configurations: number;

  /**
   * The empty batch.
   *
   * @param device where it is
   * @param stack what the members say
   * @param configurations 1, of which {@linkcode extend} makes all, or as many as are to be drawn
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
   * Records that a sample `[M, width]` is in the batch, in configurations with each of its classes.
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
   * Records that a sample `[M, width]` is in the batch, in each configuration with a class that is
   * drawn.
   */
  draw(sample: Tensor, key: number): void {
    const { device, stack: { members, classes, width } } = this;
    const configurations = this.#configurations;
    const stride = strideOf(configurations);
    const params = { members, classes, width, configurations, stride, key };
    device.run(drawJoint, { sample, weights: this.#weights }, params);
  }

  /**
   * Records how probable each member is over all configurations. For all configurations of classes
   * that is 1 / M; for drawn ones it is not, and gains are in proportion to what is still open only
   * if both of their parts come from the same draws.
   *
   * @param posterior `[M]`
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
   * Records what samples tell about the member beyond what the batch does.
   *
   * @param rows which samples
   * @param posterior of {@linkcode average}
   * @param gains `[n]`, receives the mutual information
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

  /** Frees what it holds. */
  dispose(): void {
    this.#weights.dispose();
    this.#shares.dispose();
  }
}

/** Configurations with their padding. */
function strideOf(configurations: number): number {
  return 4 * Math.ceil(configurations / 4);
}
