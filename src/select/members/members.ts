/**
 * Members: several predictions for each sample, from an ensemble of heads or from one head with
 * dropout of features.
 *
 * @module
 */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../device/tensor.ts";
import { ResourceStack } from "../../disposal.ts";
import { InputError } from "../../errors.ts";
import { counterHash } from "../../random/counter-hash.ts";
import { addMember } from "../../kernels/members/add-member.ts";
import type { Segment } from "../../pool/pool.ts";
import type { Predictor } from "../../pool/predictions.ts";
import { predictableRows, segmentParts } from "../../pool/probabilities.ts";
import { droppedSegment } from "./drop-features.ts";

/** M members, each of which predicts class probabilities as a head does. */
export interface Members {
  /** M, the number of members. */
  readonly count: number;
  /** K, the number of classes. */
  readonly classes: number;
  /** Whether the class probabilities are independent, as with several labels a sample. */
  readonly independent: boolean;
  /** Whether {@linkcode Members.predict} depends on nothing but the features of the segment. */
  readonly featuresOnly: boolean;
  /**
   * Predicts the class probabilities `[segment.rows, K]` of member 0 to M - 1. The caller owns the
   * tensor.
   */
  predict(device: Device, segment: Segment, member: number): Promise<Tensor>;
  /** The same members for a pool of some of the samples, in the order of the indices. */
  subset(indices: readonly number[]): Members;
}

/** The options of {@linkcode dropoutMembers}. */
export interface MemberDropout {
  /** M, the number of members. */
  readonly count: number;
  /** The share of features that each member loses, above 0 and below 1. */
  readonly share: number;
  /** The key of the stream of random words that selects the features. */
  readonly key: number;
}

/**
 * Makes members from heads.
 *
 * @throws {InputError} if there are fewer than two heads, or their numbers of classes differ
 */
export function ensembleOf(predictors: readonly Predictor[]): Members {
  const [first] = predictors;
  if (!first || predictors.length < 2) {
    throw new InputError(`An ensemble needs 2 members or more: found ${predictors.length}`);
  }
  const { classes, independent = false } = first;
  const text = (of: Predictor) => `${of.classes}${of.independent ? " independent" : ""}`;
  predictors.forEach((predictor, member) => {
    if (text(predictor) === text(first)) return;
    throw new InputError(
      `The members must have the same classes: member 0 has ${text(first)}, and member ${member} ` +
        `has ${text(predictor)}`,
    );
  });
  return {
    count: predictors.length,
    classes,
    independent,
    featuresOnly: predictors.every(({ subset }) => !subset),
    predict: (device, segment, member) => predictors[member]!.predict(device, segment),
    subset: (indices) =>
      ensembleOf(predictors.map((predictor) => predictor.subset?.(indices) ?? predictor)),
  };
}

/**
 * Makes members from one head, each of which ignores a random part of the features (Gal &
 * Ghahramani 2016, "Dropout as a Bayesian Approximation"). A member ignores the same features of
 * all samples, because it stands for one set of weights: only then are the predictions of two
 * samples consistent.
 *
 * @param head a head that predicts from features alone
 * @param dropout the number of members, the share of features and the key; the same key makes the
 * same members
 */
export function dropoutMembers(head: Predictor, dropout: MemberDropout): Members {
  const { count, share, key } = dropout;
  const { classes, independent = false } = head;
  const members: Members = {
    count,
    classes,
    independent,
    featuresOnly: true,
    async predict(device, segment, member) {
      const { rows, stride } = segment;
      using undo = new ResourceStack();
      const all = undo.use(device.tensor("probabilities of a member", [rows, classes]));
      for (const part of segmentParts(segment, predictableRows(device, stride))) {
        using dropped = droppedSegment(device, part, {
          share,
          key: counterHash(member, key),
          shared: true,
        });
        using probabilities = await head.predict(device, dropped);
        device.copy(probabilities, all, { toOffset: (part.base - segment.base) * classes });
      }
      undo.move();
      return all;
    },
    subset: () => members,
  };
  return members;
}

/** Makes a predictor of the mean of the class probabilities of all members. */
export function meanPredictor(members: Members): Predictor {
  const { count, classes, independent, featuresOnly } = members;
  return {
    classes,
    independent,
    async predict(device, segment) {
      const { rows } = segment;
      using undo = new ResourceStack();
      const mean = undo.use(device.tensor("mean of the members", [rows, classes]));
      using entropies = device.tensor("entropies of the members", [rows]);
      using votes = device.tensor("votes of the members", [rows, classes]);
      for (let member = 0; member < count; member++) {
        using probabilities = await members.predict(device, segment, member);
        const tensors = { probabilities, mean, entropies, votes };
        device.run(addMember, tensors, { rows, classes, member });
      }
      undo.move();
      return mean;
    },
    ...(!featuresOnly && { subset: (indices) => meanPredictor(members.subset(indices)) }),
  };
}
