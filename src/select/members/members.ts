/**
 * Several predictions of one sample: the members of an ensemble of heads, or of one head with
 * dropout.
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
import { droppedSegment } from "./drop-features.ts";

/** M members, each a head of its own. */
export interface Members {
  /** M. */
  readonly count: number;
  /** K. */
  readonly classes: number;
  /** Whether {@linkcode Members.predict} looks at nothing but the features of the segment. */
  readonly featuresOnly: boolean;
  /** Probabilities `[segment.rows, K]` of one of them, counted from 0; the caller's to dispose. */
  predict(device: Device, segment: Segment, member: number): Promise<Tensor>;
  /** The same members for a pool of chosen samples, in the order of the indices. */
  subset(indices: readonly number[]): Members;
}

/** The dropout that makes members. */
export interface MemberDropout {
  /** M. */
  readonly count: number;
  /** The share of features that each member loses, above 0 and below 1. */
  readonly share: number;
  /** The key of the stream of random words that decides which. */
  readonly key: number;
}

/** Bytes that the features of a stretch may take while some are dropped. */
const SCRATCH_BYTES = 64 * 2 ** 20;

/**
 * Heads as members.
 *
 * @throws {InputError} if there are fewer than two, or their numbers of classes differ
 */
export function ensembleOf(predictors: readonly Predictor[]): Members {
  const [first] = predictors;
  if (!first || predictors.length < 2) {
    throw new InputError(`An ensemble needs 2 members or more: found ${predictors.length}`);
  }
  const { classes } = first;
  predictors.forEach((predictor, member) => {
    if (predictor.classes === classes) return;
    throw new InputError(
      `The members must have the same classes: member 0 has ${classes}, and member ${member} has ` +
        `${predictor.classes}`,
    );
  });
  return {
    count: predictors.length,
    classes,
    featuresOnly: predictors.every(({ subset }) => !subset),
    predict: (device, segment, member) => predictors[member]!.predict(device, segment),
    subset: (indices) =>
      ensembleOf(predictors.map((predictor) => predictor.subset?.(indices) ?? predictor)),
  };
}

/**
 * One head without a part of its features, another part for every member (Gal & Ghahramani 2016,
 * "Dropout as a Bayesian Approximation"). A member loses the same features of all samples, because
 * it is one set of weights: only so can the predictions of two samples be put together.
 *
 * @param head predicts from features alone
 * @param dropout the same key makes the same members
 */
export function dropoutMembers(head: Predictor, dropout: MemberDropout): Members {
  const { count, share, key } = dropout;
  const { classes } = head;
  const members: Members = {
    count,
    classes,
    featuresOnly: true,
    async predict(device, segment, member) {
      const { rows, stride, offset, base } = segment;
      const bytes = Math.min(SCRATCH_BYTES, device.limits.bindingBytes);
      const most = Math.max(1, Math.floor(bytes / (4 * stride)));
      using undo = new ResourceStack();
      const all = undo.use(device.tensor("probabilities of a member", [rows, classes]));
      for (let row = 0; row < rows; row += most) {
        const count = Math.min(most, rows - row);
        const part = { ...segment, offset: offset + row, base: base + row, rows: count };
        using dropped = droppedSegment(device, part, {
          share,
          key: counterHash(member, key),
          shared: true,
        });
        using probabilities = await head.predict(device, dropped);
        device.copy(probabilities, all, { toOffset: row * classes });
      }
      undo.move();
      return all;
    },
    subset: () => members,
  };
  return members;
}

/** The mean of the probabilities of all members. */
export function meanPredictor(members: Members): Predictor {
  const { count, classes, featuresOnly } = members;
  return {
    classes,
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
