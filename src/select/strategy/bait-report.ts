/**
 * The report of a BAIT selection: which settings were used and how exact the result is.
 *
 * @module
 */

/** The names of the forms of the Fisher information that BAIT can use. */
export const FISHERS = ["full", "exp", "binary", "regression", "classes"] as const;

/**
 * A form of the Fisher information of a sample for the weights of a linear head: `full` (Ash et al.
 * 2021), `exp` and `binary` (Huseljic et al. 2024), `regression` (Ash et al. 2021, for heads with a
 * Gaussian likelihood), or `classes`, one block for each class, for hundreds of classes and more.
 * docs/mathematics.md compares them.
 */
export type Fisher = typeof FISHERS[number];

/** The names of the weightings of labeled and chosen samples. */
export const WEIGHTINGS = ["reference", "sum", "paper"] as const;

/**
 * How labeled and chosen samples are weighted in the information matrix M, with `a = n_L / (n_L +
 * B)` for `n_L` labeled samples and a batch of B:
 *
 * - `reference` (the authors' code): `lambda I + a mean_L I`, candidates scaled by `sqrt(B / (n_L +
 *   B))`;
 * - `sum`: `lambda I + sum_L I`, candidates unscaled;
 * - `paper`: `lambda I + mean_L I`, candidates unscaled.
 */
export type Weighting = typeof WEIGHTINGS[number];

/** The settings that a BAIT selection used, and the numbers that it computed. */
export interface BaitReport {
  /** The Fisher form that was used. */
  readonly fisher: Fisher;
  /**
   * The number of most probable classes that the forms `exp` and `classes` used (0: all); absent
   * for the other forms.
   */
  readonly topClasses?: number;
  /** The weighting that was used. */
  readonly weighting: Weighting;
  /**
   * The indices of all samples that the forward pass picked, in order, before the backward pass.
   */
  readonly forward: number[];
  /** The score of each forward pick when it was picked: by how much it lowered the objective. */
  readonly forwardScores: number[];
  /** The objective `trace(M_S^-1 F)` of the chosen batch; lower is better. */
  readonly objective: number;
  /** The ridge that was added to the diagonal of M. */
  readonly lambda: number;
  /** The largest relative rounding error that was measured in the state of a picked sample. */
  readonly drift: number;
  /** How many times the state was recomputed because the scores had fallen, or drifted. */
  readonly rebuilds: number;
}
