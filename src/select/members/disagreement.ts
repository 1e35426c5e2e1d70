/**
 * Measures how much members disagree about each sample.
 *
 * @module
 */

import { Recording, type RecordingOptions } from "../../device/recording.ts";
import { addMember } from "../../kernels/members/add-member.ts";
import { rowStatistics } from "../../kernels/pool/row-statistics.ts";
import type { Pool } from "../../pool/pool.ts";
import { predictableSegments } from "../../pool/probabilities.ts";
import type { Members } from "./members.ts";

/** Measures of disagreement, `[n]` each. */
export interface Disagreement {
  /**
   * `H(mean of p) - mean of H(p_m)`, the mutual information of the class and the member, not below
   * 0 (Houlsby et al. 2011, "Bayesian Active Learning for Classification and Preference Learning",
   * equation 2; Gal et al. 2017, "Deep Bayesian Active Learning with Image Data").
   */
  readonly bald: Float64Array;
  /**
   * The share of members that do not predict the class that most members predict (Freeman 1965).
   */
  readonly variationRatio: Float64Array;
}

/** Computes the predictions of every member for every sample, and from them the disagreement. */
export async function disagreement(
  pool: Pool,
  members: Members,
  options: RecordingOptions,
): Promise<Disagreement> {
  const { device, rows: all } = pool;
  const { count, classes } = members;
  const [bald, variationRatio] = [new Float64Array(all), new Float64Array(all)];
  const segments = predictableSegments(pool, classes);
  const recording = new Recording(device, "members", segments.length * count, options);
  for (const segment of segments) {
    const { rows, base } = segment;
    const params = { rows, classes };
    using mean = device.tensor("mean of the members", [rows, classes]);
    using entropies = device.tensor("entropies of the members", [rows]);
    using votes = device.tensor("votes of the members", [rows, classes]);
    for (let member = 0; member < count; member++) {
      using probabilities = await members.predict(device, segment, member);
      const tensors = { probabilities, mean, entropies, votes };
      device.run(addMember, tensors, { ...params, member });
      await recording.step();
    }
    using ofMean = device.tensor("statistics of the mean", [rows, 4]);
    using ofVotes = device.tensor("statistics of the votes", [rows, 4]);
    device.run(rowStatistics, { probabilities: mean, statistics: ofMean }, params);
    device.run(rowStatistics, { probabilities: votes, statistics: ofVotes }, params);
    const read = [ofMean, entropies, ofVotes].map((tensor) => ({ tensor }));
    const [whole, own, won] = await device.readAll(read);
    for (let i = 0; i < rows; i++) {
      bald[base + i] = Math.max(0, whole![4 * i + 2]! - own![i]!);
      variationRatio[base + i] = 1 - won![4 * i]! / count;
    }
  }
  recording.end();
  return { bald, variationRatio };
}
