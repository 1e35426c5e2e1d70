/**
 * The options of training, their defaults and checks.
 *
 * @module
 */

import { checkNames, type OptionNames } from "../check-names.ts";
import type { RecordingOptions } from "../device/recording.ts";
import { InputError } from "../errors.ts";
import { checkRange, isCount } from "./check-range.ts";
import type { Task } from "./head.ts";
import { FIRST_ORDER, type FirstOrder, type OptimizerSettings } from "./optimizers.ts";
import { checkSchedule, type Schedule } from "./schedule.ts";

/** The options of `trainHead`. All of them have defaults. */
export interface TrainHeadOptions extends RecordingOptions {
  /** The kind of head. Default: `mlp` if `hidden` is given, else `linear`. */
  kind?: "linear" | "mlp" | undefined;
  /**
   * The task. Default: `regression` if targets are given, `multilabel` if the labels are a matrix,
   * else `classification`.
   */
  task?: Task | undefined;
  /**
   * The number of classes, K, for classification. Default: the largest label plus 1, or the columns
   * of the matrix of labels.
   */
  classes?: number | undefined;
  /** The widths of 1 to 3 hidden layers of an MLP. Default `[128]`. */
  hidden?: readonly number[] | undefined;
  /** The activation after hidden layers; GELU is computed exactly. Default `relu`. */
  activation?: "relu" | "gelu" | undefined;
  /** The probability of dropping a hidden unit in training, from 0 to below 1. Default 0. */
  dropout?: number | undefined;
  /**
   * The optimizer. `lbfgs` (linear classification) and `ridge` (linear regression, in closed form)
   * reach the minimum of the loss over all samples, and are the defaults of linear heads; the
   * others use mini-batches. The default of an MLP is `adamw`.
   */
  optimizer?: "lbfgs" | "ridge" | FirstOrder | undefined;
  /**
   * The inverse strength of the L2 penalty of `lbfgs` and `ridge`, as in scikit-learn. With `lbfgs`
   * it may be `Infinity`, for no penalty. Default 1.
   */
  C?: number | undefined;
  /**
   * With `lbfgs`: the largest absolute entry of the gradient of the objective divided by C n (n
   * labeled samples) at convergence, relative to the largest entry at W = 0 if that is above 1.
   * Default 1e-6, and 1e-8 on the CPU device.
   */
  tolerance?: number | undefined;
  /** With `lbfgs`: the maximum number of iterations. Default 500. */
  maxIterations?: number | undefined;
  /** The initial learning rate. Default 0.05 with `sgd`, 0.001 with the others. */
  learningRate?: number | undefined;
  /** The decay of the weights, not the biases. Default 0.01 with `adamw`, 0 with the others. */
  weightDecay?: number | undefined;
  /** Nesterov momentum of `sgd`, from 0 to below 1. Default 0.9. */
  momentum?: number | undefined;
  /** The number of passes over the samples. Default 100. */
  epochs?: number | undefined;
  /** The size of a mini-batch; the last one of an epoch may be smaller. Default 32. */
  batchSize?: number | undefined;
  /** The schedule of the learning rate. Default `cosine`. */
  schedule?: Schedule | undefined;
  /** The norm to which the gradient of all parameters is clipped. Default: no clipping. */
  clip?: number | undefined;
  /**
   * The weights of the classes in the loss, `[K]`, positive; or `balanced`: n / (K n_k), as in
   * scikit-learn (1 for a class without samples). Default: all 1.
   */
  classWeights?: ArrayLike<number> | "balanced" | undefined;
  /** The label smoothing, from 0 to below 1. Default 0. */
  labelSmoothing?: number | undefined;
  /**
   * The fraction of the samples that is held out for early stopping, from 0 to below 1, stratified
   * by classes (the rarest one of samples with several) or targets. Default 0: no early stopping,
   * and the head has the last weights.
   */
  validationShare?: number | undefined;
  /** The epochs without a lower loss on the held-out samples until training stops. Default 10. */
  patience?: number | undefined;
  /** The seed of the initial weights, mini-batches, dropout and held-out samples. Default 0. */
  seed?: number | undefined;
}

/** The names of {@linkcode TrainHeadOptions}. */
const TRAIN_HEAD_OPTIONS: OptionNames<TrainHeadOptions> = {
  kind: true,
  task: true,
  classes: true,
  hidden: true,
  activation: true,
  dropout: true,
  optimizer: true,
  C: true,
  tolerance: true,
  maxIterations: true,
  learningRate: true,
  weightDecay: true,
  momentum: true,
  epochs: true,
  batchSize: true,
  schedule: true,
  clip: true,
  classWeights: true,
  labelSmoothing: true,
  validationShare: true,
  patience: true,
  seed: true,
  signal: true,
  onProgress: true,
  sliceMilliseconds: true,
};

/** The settings of a training with mini-batches; see {@linkcode TrainHeadOptions}. */
export interface BatchSettings extends OptimizerSettings {
  /** The widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** The activation after hidden layers. */
  readonly activation: "relu" | "gelu";
  /** The probability of dropping a hidden unit. */
  readonly dropout: number;
  /** The initial learning rate. */
  readonly learningRate: number;
  /** The maximum number of passes over the samples. */
  readonly epochs: number;
  /** The size of a mini-batch. */
  readonly batchSize: number;
  /** The schedule of the learning rate. */
  readonly schedule: Schedule;
  /** The norm to which the gradient is clipped; 0 for no clipping. */
  readonly clip: number;
  /** The weights of the classes. */
  readonly classWeights: ArrayLike<number> | "balanced" | undefined;
  /** The label smoothing. */
  readonly labelSmoothing: number;
  /** The fraction of the samples that is held out. */
  readonly validationShare: number;
  /** The epochs without a lower validation loss until training stops. */
  readonly patience: number;
  /** The seed of all random numbers. */
  readonly seed: number;
}

/** The result of {@linkcode resolveTrainOptions}: the optimizer and its settings. */
export type Resolved =
  | { readonly optimizer: "lbfgs" }
  | { readonly optimizer: "ridge"; readonly C: number }
  | { readonly optimizer: "batches"; readonly settings: BatchSettings };

/** The options that only `lbfgs` has. */
const LBFGS_OPTIONS = ["tolerance", "maxIterations"] as const;

/** The options that `lbfgs` and `ridge` do not have. */
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
 * Checks the options and fills in their defaults.
 *
 * @param options the given options
 * @param task the task of the head
 * @throws {InputError} if an option is unknown, out of range, or conflicts with another
 */
export function resolveTrainOptions(options: TrainHeadOptions, task: Task): Resolved {
  checkNames("trainHead", options, TRAIN_HEAD_OPTIONS);
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
  if (task !== "classification") {
    const foreign = ["classWeights", "labelSmoothing", "classes"] as const;
    for (const name of task === "regression" ? foreign : foreign.slice(0, 2)) {
      if (options[name] === undefined) continue;
      throw new InputError(`Cannot use ${name} for ${task}: it is for classification`);
    }
  }
  const exact = task === "regression" ? "ridge" : "lbfgs";
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

/** Checks that none of the options that an optimizer does not have are given. */
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
