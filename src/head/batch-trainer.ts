/**
 * Training with mini-batches on the device: shuffling, dropout, clipping, the optimizer and early
 * stopping are recorded dispatches without readbacks in between.
 *
 * @module
 */

import type { Tensor, Values } from "../device/tensor.ts";
import { dispose, Resource } from "../disposal.ts";
import { halfBits, keyOf } from "../random/counter-hash.ts";
import { keepBest } from "../kernels/head/keep-best.ts";
import { optimizerStep } from "../kernels/head/optimizer-step.ts";
import { shuffle } from "../kernels/head/shuffle.ts";
import { sum } from "../kernels/linalg/sum.ts";
import { dotProduct } from "../linalg/reduce.ts";
import { gatherNumbers } from "../pool/gather-numbers.ts";
import type { Pool } from "../pool/pool.ts";
import { allocate, type Tensors } from "../device/allocate.ts";
import { stepDropout } from "./dropout.ts";
import type { Layout } from "./layout.ts";
import { TrainableNetwork } from "./trainable-network.ts";
import type { Objective } from "./objectives.ts";
import { stepScalars } from "./optimizers.ts";
import { rateFactor } from "./schedule.ts";
import type { BatchSettings } from "./train-options.ts";

/** Samples and their loss, which the trainer does not own. */
export interface TrainingSamples {
  /** The features of the samples. */
  readonly pool: Pool;
  /** The loss of a batch of the samples. */
  readonly objective: Objective;
}

/** The initial best loss, which every finite loss is below. */
const LARGEST = 3e38;

/** The number of held-out samples per forward pass; segments of a pool are at least that long. */
const VALIDATION_ROWS = 1024;

/** A training with mini-batches on a device. */
export class BatchTrainer extends Resource {
  /** The number of steps of an epoch. */
  readonly stepsPerEpoch: number;
  readonly #batch: number;
  readonly #network: TrainableNetwork;
  readonly #tensors: Tensors<
    | "order"
    | "inOrder"
    | "x"
    | "outputs"
    | "losses"
    | "parameters"
    | "gradient"
    | "first"
    | "second"
    | "kept"
    | "norm"
    | "trainLosses"
    | "validationLosses"
    | "state"
  >;

  /**
   * Allocates all tensors.
   *
   * @param layout the layout of the head's parameters
   * @param initial the initial parameters, `[layout.size]`
   * @param samples the samples to train on
   * @param held the held-out samples for early stopping, or undefined for none
   * @param settings the settings of the training
   * @throws {DeviceError} if memory does not suffice
   */
  constructor(
    private readonly layout: Layout,
    initial: ArrayLike<number>,
    private readonly samples: TrainingSamples,
    private readonly held: TrainingSamples | undefined,
    private readonly settings: BatchSettings,
  ) {
    super();
    const { pool } = samples;
    const { device, stride } = pool;
    const { activation, epochs } = settings;
    const batch = this.#batch = Math.min(settings.batchSize, pool.rows);
    this.stepsPerEpoch = Math.ceil(pool.rows / batch);
    const heldRows = held?.pool.rows ?? 0;
    const capacity = Math.max(batch, Math.min(heldRows, VALIDATION_ROWS));
    const size = layout.size;
    const inOrder = Uint32Array.from({ length: heldRows }, (_, i) => i);
    const tensors = this.#tensors = allocate(device, {
      order: ["order of the samples", [pool.rows], "u32"],
      inOrder: ["held-out samples", [heldRows], "u32", inOrder],
      x: ["batch", [batch, stride]],
      outputs: ["outputs", [capacity, layout.widths.at(-1)!]],
      losses: ["losses", [Math.max(pool.rows, heldRows)]],
      parameters: ["parameters", [size], "real", initial],
      gradient: ["gradient", [size]],
      first: ["first moment", [size]],
      second: ["second moment", [size]],
      kept: ["best parameters", [held ? size : 0], "real", held ? initial : []],
      norm: ["norm of the gradient", [1]],
      trainLosses: ["losses of the epochs", [epochs + 1]],
      validationLosses: ["held-out losses of the epochs", [epochs + 1]],
      state: ["best epoch so far", [epochs + 1, 2]],
    });
    try {
      device.write(tensors.state, [LARGEST, 0]);
      this.#network = new TrainableNetwork(device, layout, { activation, capacity });
    } catch (error) {
      tensors[dispose]();
      throw error;
    }
  }

  /** The parameters of the best epoch, or without held-out samples those of the last. */
  get best(): Tensor {
    return this.held ? this.#tensors.kept : this.#tensors.parameters;
  }

  /** Records the shuffling of the samples for an epoch, counted from 1. */
  startEpoch(epoch: number): void {
    const { pool } = this.samples;
    const size = pool.rows;
    const key = keyOf(this.settings.seed, "shuffle", epoch);
    pool.device.run(shuffle, { order: this.#tensors.order }, { size, bits: halfBits(size), key });
  }

  /** Records a step: mini-batch `place`, counted from 0, of an epoch, counted from 1. */
  step(epoch: number, place: number): void {
    const { settings, layout } = this;
    const { pool, objective } = this.samples;
    const { device, stride } = pool;
    const { order, x, outputs, losses, parameters, gradient } = this.#tensors;
    const done = (epoch - 1) * this.stepsPerEpoch + place;
    const first = place * this.#batch;
    const rows = Math.min(this.#batch, pool.rows - first);
    gatherNumbers(device, pool.blocks, order, x, { first, count: rows, width: stride });
    const dropout = stepDropout(settings.dropout, settings.seed, done);
    const batch = { tensor: x, rows };
    this.#network.forward(parameters, batch, { tensor: outputs }, dropout);
    objective.record(order, outputs, losses, { rows, first });
    this.#network.backward(parameters, batch, outputs, gradient, dropout);
    const { norm, first: m, second: v } = this.#tensors;
    if (settings.clip > 0) dotProduct(device, gradient, gradient, norm);
    const factor = rateFactor(settings.schedule, done, {
      total: settings.epochs * this.stepsPerEpoch,
      perEpoch: this.stepsPerEpoch,
    });
    device.run(optimizerStep, { gradient, norm, parameters, first: m, second: v }, {
      size: layout.size,
      decayed: layout.weights,
      clip: settings.clip,
      ...stepScalars(settings, done + 1, settings.learningRate * factor),
    });
  }

  /** Records the end of an epoch: its losses, and a copy of its parameters if they are the best. */
  endEpoch(epoch: number): void {
    const { device, rows } = this.samples.pool;
    const { losses, trainLosses, validationLosses, parameters, state, kept } = this.#tensors;
    device.run(sum, { values: losses, out: trainLosses }, { size: rows, at: epoch });
    if (!this.held) return;
    const { pool, objective } = this.held;
    const { inOrder, outputs } = this.#tensors;
    for (const { features, offset, base, rows, stride } of pool.segments(VALIDATION_ROWS)) {
      const batch = { tensor: features, offset: offset * stride, rows };
      this.#network.forward(parameters, batch, { tensor: outputs });
      objective.record(inOrder, outputs, losses, { rows, first: base, scale: rows / pool.rows });
    }
    device.run(sum, { values: losses, out: validationLosses }, { size: pool.rows, at: epoch });
    device.run(keepBest, { losses: validationLosses, parameters, state, kept }, {
      epoch,
      size: this.layout.size,
      patience: this.settings.patience,
    });
  }

  /** Waits for an epoch and returns whether early stopping ends the training. */
  async exhausted(epoch: number): Promise<boolean> {
    const when = await this.samples.pool.device.read(this.#tensors.state, 2 * epoch + 1, 1);
    return epoch >= when[0]! + this.settings.patience;
  }

  /**
   * Waits for all recorded work, and reads the losses of the epochs until training stopped, and the
   * best parameters.
   *
   * @param recorded the number of recorded epochs
   */
  async finish(recorded: number): Promise<{
    epochs: number;
    bestEpoch: number;
    losses: number[];
    validationLosses?: number[];
    parameters: Values;
  }> {
    const { trainLosses, validationLosses, state } = this.#tensors;
    const count = recorded;
    const steps = this.stepsPerEpoch;
    const [train, validation, when, parameters] = await this.samples.pool.device.readAll([
      { tensor: trainLosses, offset: 1, count },
      { tensor: validationLosses, offset: 1, count },
      { tensor: state, offset: 2 * recorded + 1, count: 1 },
      { tensor: this.best },
    ]);
    const bestEpoch = this.held ? when![0]! : recorded;
    const epochs = Math.min(recorded, this.held ? bestEpoch + this.settings.patience : recorded);
    return {
      epochs,
      bestEpoch,
      losses: Array.from(train!.subarray(0, epochs), (loss) => loss / steps),
      ...(this.held && { validationLosses: Array.from(validation!.subarray(0, epochs)) }),
      parameters: parameters!,
    };
  }

  /** Frees all tensors. */
  dispose(): void {
    this.#network.dispose();
    this.#tensors[dispose]();
  }
}
