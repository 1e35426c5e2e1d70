/**
 * Checks that the inputs which a strategy reads were given, and makes members by dropout if it
 * needs them.
 *
 * @module
 */

import { InputError } from "../../errors.ts";
import { dropoutMembers, ensembleOf, meanPredictor } from "../members/members.ts";
import { DROPOUT, MEMBERS } from "./member-options.ts";
import type { SelectionRequest } from "./request.ts";
import type { Reading, Strategy } from "./strategy.ts";

/**
 * Messages for missing inputs: the end of a sentence that starts with `Cannot run NAME without`.
 */
const MISSING: Readonly<Record<Reading, string>> = {
  probabilities: "class probabilities: give logits, probabilities or labels",
  head: "a head that predicts from features: give a head, or labels to train one",
  weights: "the weights of a linear head: give a head, or labels to train one",
  members:
    "members: give the predictions of several heads, a head that predicts from features to make " +
    "members of by dropout, or labels to train one",
  labels: "labels: give the classes of the labeled samples",
  oracle: "an oracle that tells the class of each pick at once: simulate it, or give an oracle",
};

/**
 * Whether a strategy reads the predictions or the weights of a head, if there is one.
 *
 * @param strategy the strategy
 * @param ensemble whether there is an ensemble, whose mean replaces the probabilities of a head,
 * but not the head itself or its weights
 */
export function readsHead(strategy: Strategy, ensemble = false): boolean {
  const ofHead: readonly Reading[] = ensemble
    ? ["head", "weights"]
    : ["probabilities", "head", "weights", "members"];
  return strategy.reads(true).some((reading) => ofHead.includes(reading));
}

/**
 * Checks that a strategy is defined for samples with several labels each, before a head is trained
 * on them.
 *
 * @throws {InputError} if it reads class probabilities that sum to 1, or one class a sample
 */
export function checkSeveralLabels(strategy: Strategy): void {
  if (strategy.independent || strategy.reads(true).length === 0) return;
  throw new InputError(
    `Cannot run ${strategy.name} with several labels a sample: use bait with fisher "classes", ` +
      "margin, entropy, least-confidence, cluster-margin, uncertainty-herding, or one that reads " +
      "features alone",
  );
}

/**
 * The request that a strategy receives, with members if they were requested or are needed. A
 * strategy that reads nothing but probabilities receives the mean of the members as its predictor.
 * A strategy that reads the head itself or its weights keeps the head, because a mean has neither.
 *
 * @throws {InputError} if an input that the strategy reads is missing, or has several labels a
 * sample for which the strategy is not defined
 */
export function readableBy(
  strategy: Strategy,
  request: SelectionRequest,
): SelectionRequest {
  const { predictor, ensemble, keyFor } = request;
  if ((predictor ?? ensemble?.[0])?.independent) checkSeveralLabels(strategy);
  const { members: count, dropout: share } = strategy.options as {
    readonly members?: number;
    readonly dropout?: number;
  };
  const wantsMembers = (count ?? share) !== undefined;
  if (wantsMembers && ensemble) {
    throw new InputError("Give either the predictors of members or dropout to make them, not both");
  }
  const headed = predictor !== undefined || ensemble !== undefined;
  const reads = strategy.reads(headed);
  const averages = reads.includes("probabilities") && !reads.includes("head") &&
    !reads.includes("weights");
  const needed: readonly Reading[] = wantsMembers && averages ? [...reads, "members"] : reads;
  const dropsOut = needed.includes("members") && predictor !== undefined && !predictor.subset;
  if (!dropsOut && !ensemble) {
    checkReadings(strategy.name, needed, request);
    return request;
  }
  const dropout = { count: count ?? MEMBERS, share: share ?? DROPOUT, key: keyFor("member") };
  const members = ensemble ? ensembleOf(ensemble) : dropoutMembers(predictor!, dropout);
  const seen = { ...request, members, predictor: averages ? meanPredictor(members) : predictor };
  checkReadings(strategy.name, needed, seen);
  return seen;
}

function checkReadings(
  name: string,
  needed: readonly Reading[],
  { predictor, members, labels, oracle }: SelectionRequest,
): void {
  const available: Record<Reading, boolean> = {
    probabilities: predictor !== undefined,
    head: predictor !== undefined && !predictor.subset,
    weights: predictor?.readWeights !== undefined && predictor.outputs !== undefined,
    members: members !== undefined,
    labels: labels !== undefined && labels.length > 0,
    oracle: oracle !== undefined,
  };
  const missing = needed.find((reading) => !available[reading]);
  if (missing) throw new InputError(`Cannot run ${name} without ${MISSING[missing]}`);
}
