/**
 * How a head can be trained, and what is checked of it.
 *
 * @module
 */

import type { RecordingOptions } from "../device/recording.ts";
import { InputError } from "../errors.ts";
import { checkRange, isCount } from "./check-range.ts";
import type { Task } from "./head.ts";
import { FIRST_ORDER, type FirstOrder, type OptimizerSettings } from "./optimizers.ts";
import { checkSchedule, type Schedule } from "./schedule.ts";

/** How a head is trained. All options have defaults. */
export interface TrainHeadOptions extends RecordingOptions {
  /** Default: `mlp` if hidden layers are given, else `linear`. */
  kind?: "linear" | "mlp" | undefined;
  /** Default: `regression` if targets are given, else `classification`. */
  task?: Task | undefined;
  /** K, for classification. Default: the largest label plus 1. */
  classes?: number | undefined;
  /** The widths of 1 to 3 hidden layers of an MLP. Default `[128]`. */
  hidden?: readonly number[] | undefined;
  /** After hidden layers; GELU in its exact form. Default `relu`. */
  activation?: "relu" | "gelu" | undefined;
  /** The probability of dropping a hidden unit in training, from 0 to below 1. Default 0. */
  dropout?: number | undefined;
  /**
   * `lbfgs` (linear classification) and `ridge` (linear regression, in closed form) reach the minimum
   * on all samples and are the linear heads' defaults; the others take mini-batches. Default of an MLP:
   * `adamw`.
   */
  optimizer?: "lbfgs" | "ridge" | FirstOrder | undefined;
  /**
   * The inverse strength of the L2 penalty of `lbfgs` and `ridge`, as in scikit-learn; of `lbfgs`
   * also `Infinity`, for no penalty. Default 1.
   */
  C?: number | undefined;
  /**
   * Of `lbfgs`: it has converged when no entry of the gradient of the objective divided by C n (n
   * labeled samples) is above this, times the largest entry at W = 0 if that is above 1. Default
   * 1e-6, and 1e-8 on the CPU device.
   */
  tolerance?: number | undefined;
  /** Of `lbfgs`: the most steps. Default 500. */
  maxIterations?: number | undefined;
  /** At the start. Default 0.05 of `sgd`, 0.001 of the others. */
  learningRate?: number | undefined;
  /** Of the weights, not the biases. Default 0.01 of `adamw`, 0 of the others. */
  weightDecay?: number | undefined;
  /** Nesterov's, of `sgd`, from 0 to below 1. Default 0.9. */
  momentum?: number | undefined;
  /** Passes over the samples. Default 100. */
  epochs?: number | undefined;
  /** Samples of one step; the last one of an epoch may have fewer. Default 32. */
  batchSize?: number | undefined;
  /** How the learning rate changes. Default `cosine`. */
  schedule?: Schedule | undefined;
  /** The largest norm of the gradient of all parameters; above, it is scaled down. Default: none. */
  clip?: number | undefined;
  /**
   * `[K]`, positive, or `balanced`: n / (K n_k), as in scikit-learn (1 for a class without samples).
   * Default: all 1.
   */
  classWeights?: ArrayLike<number> | "balanced" | undefined;
  /** From 0 to below 1. Default 0. */
  labelSmoothing?: number | undefined;
  /**
   * The share of the samples that is held out to stop early, from 0 to below 1, spread evenly over the
   * classes or targets. Default 0: all epochs are run, and the last weights are taken.
   */
  validationShare?: number | undefined;
  /** Epochs without a lower loss on the held-out samples after which training stops. Default 10. */
  patience?: number | undefined;
  /** Makes the first weights, the batches, the dropout and the held-out samples. Default 0. */
  seed?: number | undefined;
}

/** The settings of a training with mini-batches. */
export interface BatchSettings extends OptimizerSettings {
  /** The widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** After hidden layers. */
  readonly activation: "relu" | "gelu";
  /** The probability of dropping a hidden unit. */
  readonly dropout: number;
  /** At the start. */
  readonly learningRate: number;
  /** The most passes over the samples. */
  readonly epochs: number;
  /** Samples of one step. */
  readonly batchSize: number;
  /** How the learning rate changes. */
  readonly schedule: Schedule;
  /** The largest norm of the gradient; 0 for none. */
  readonly clip: number;
  /** How the classes are weighed. */
  readonly classWeights: ArrayLike<number> | "balanced" | undefined;
  /** From 0 to below 1. */
  readonly labelSmoothing: number;
  /** The share that is held out. */
  readonly validationShare: number;
  /** Epochs to wait for a lower loss. */
  readonly patience: number;
  /** Makes all random choices. */
  readonly seed: number;
}

/** What {@linkcode resolveTrainOptions} makes of the options. */
export type Resolved =
  | { readonly optimizer: "lbfgs" }
  | { readonly optimizer: "ridge"; readonly C: number }
  | { readonly optimizer: "batches"; readonly settings: BatchSettings };

/** Options that only `lbfgs` has a use for. */
const LBFGS_OPTIONS = ["tolerance", "maxIterations"] as const;

/** Options that `lbfgs` and `ridge` have no use for. */
const BATCH_OPTIONS = [
  "learningRate",
  "weightDecay",
  "momentum",
  "epochs",
  "batchSize",
  "schedule",
  "clip",
  "classWeights",
  "labelSmoothing",
  "dropout",
  "validationShare",
  "patience",
] as const satisfies readonly (keyof TrainHeadOptions)[];

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param options as they were given
 * @param task what is learned
 * @throws {InputError} if an option is unknown, out of range, or does not go with another
 */
export function resolveTrainOptions(options: TrainHeadOptions, task: Task): Resolved {
  const { kind = options.hidden?.length ? "mlp" : "linear" } = options;
  if (kind !== "linear" && kind !== "mlp") {
    throw new InputError(`Unknown kind of head ${kind}: use linear or mlp`);
  }
  const hidden = kind === "linear" ? options.hidden ?? [] : options.hidden ?? [128];
  const layers = kind === "linear" ? [0, 0] as const : [1, 3] as const;
  if (hidden.length < layers[0] || hidden.length > layers[1]) {
    const allowed = kind === "linear" ? "a linear head has none" : "an mlp has 1 to 3";
    throw new InputError(`Cannot train ${hidden.length} hidden layers: ${allowed}`);
  }
  if (task === "regression") {
    for (const name of ["classWeights", "labelSmoothing", "classes"] as const) {
      if (options[name] === undefined) continue;
      throw new InputError(`Cannot use ${name} for regression: it is for classification`);
    }
  }
  const exact = task === "classification" ? "lbfgs" : "ridge";
  const { optimizer = kind === "linear" ? exact : "adamw" } = options;
  if (optimizer === "lbfgs" || optimizer === "ridge") {
    if (optimizer !== exact || kind !== "linear") {
      const use = optimizer === "lbfgs" ? "classification" : "regression";
      throw new InputError(
        `Cannot train ${kind} ${task} with ${optimizer}: it is for linear ${use}`,
      );
    }
    refuse(options, BATCH_OPTIONS, optimizer, FIRST_ORDER.join(", "));
    if (optimizer === "lbfgs") return { optimizer };
    const { C = 1 } = options;
    refuse(options, LBFGS_OPTIONS, optimizer, "lbfgs");
    checkRange({ C }, isPositive, "a positive number");
    return { optimizer, C };
  }
  if (!FIRST_ORDER.includes(optimizer)) {
    throw new InputError(
      `Unknown optimizer ${optimizer}: use lbfgs, ridge, ${FIRST_ORDER.join(", ")}`,
    );
  }
  refuse(options, LBFGS_OPTIONS, optimizer, "lbfgs");
  if (options.C !== undefined) {
    throw new InputError(`Cannot use C with ${optimizer}: use weightDecay`);
  }
  return { optimizer: "batches", settings: batchSettings({ ...options, optimizer, hidden }) };
}

/** Refuses options that an optimizer has no use for. */
function refuse(
  options: TrainHeadOptions,
  names: readonly (keyof TrainHeadOptions)[],
  optimizer: string,
  owners: string,
): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given) throw new InputError(`Cannot use ${given} with ${optimizer}: it is for ${owners}`);
}

function isPositive(value: number): boolean {
  return value > 0 && value < Infinity;
}

function batchSettings(
  options: TrainHeadOptions & { optimizer: FirstOrder; hidden: readonly number[] },
): BatchSettings {
  const { optimizer, hidden, activation = "relu", schedule = "cosine", classWeights } = options;
  const {
    dropout = 0,
    learningRate = optimizer === "sgd" ? 0.05 : 1e-3,
    weightDecay = optimizer === "adamw" ? 0.01 : 0,
    momentum = 0.9,
    epochs = 100,
    batchSize = 32,
    labelSmoothing = 0,
    validationShare = 0,
    patience = 10,
    seed = 0,
  } = options;
  if (activation !== "relu" && activation !== "gelu") {
    throw new InputError(`Unknown activation ${activation}: use relu or gelu`);
  }
  checkRange({ learningRate }, isPositive, "a positive number");
  checkRange({ clip: options.clip ?? 1 }, isPositive, "a positive number");
  checkRange({ weightDecay }, (value) => value >= 0 && value < Infinity, "0 or more");
  checkRange(
    { dropout, momentum, labelSmoothing, validationShare },
    (value) => value >= 0 && value < 1,
    "from 0 to below 1",
  );
  checkRange({ epochs, batchSize, patience }, isCount, "a whole number from 1 on");
  const bad = hidden.find((width) => !isCount(width));
  if (bad !== undefined) {
    throw new InputError(`Cannot train a hidden layer of ${bad} units: at least 1 is needed`);
  }
  checkRange({ seed }, Number.isSafeInteger, "a whole number");
  checkSchedule(schedule);
  return {
    optimizer,
    hidden,
    activation,
    schedule,
    classWeights,
    dropout,
    learningRate,
    weightDecay,
    momentum,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    epochs,
    batchSize,
    clip: options.clip ?? 0,
    labelSmoothing,
    validationShare,
    patience,
    seed,
  };
}
