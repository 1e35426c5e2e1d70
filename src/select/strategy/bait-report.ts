/**
 * What BAIT reports besides its picks.
 *
 * @module
 */

/** The names of the Fisher forms. */
export const FISHERS = ["full", "exp", "binary", "regression"] as const;

/**
 * A form of the Fisher information: `full` (Ash et al. 2021), `exp` and `binary` (Huseljic et al. 2024), or
 * `regression` (Ash et al. 2021).
 */
export type Fisher = typeof FISHERS[number];

/** The names of the weightings. */
export const WEIGHTINGS = ["reference", "sum", "paper"] as const;

/**
 * How labeled and chosen samples are weighted in M, with `a = n_L / (n_L + B)`:
 *
 * - `reference` (the authors' code): `lambda I + a mean_L I`, candidates scaled by `sqrt(B / (n_L + B))`;
 * - `sum`: `lambda I + sum_L I`, candidates unscaled;
 * - `paper`: `lambda I + mean_L I`, candidates unscaled.
 */
export type Weighting = typeof WEIGHTINGS[number];

/** How a selection with BAIT went. */
export interface BaitReport {
  /** The Fisher form that was used. */
  readonly fisher: Fisher;
  /** How many of the most probable classes counted, for fisher `exp`. */
  readonly topClasses?: number;
  /** The weighting that was used. */
  readonly weighting: Weighting;
  /** The picks of the forward pass, in order. */
  readonly forward: number[];
  /** The score of each at the moment of its pick: by how much it lowered the objective. */
  readonly forwardScores: number[];
  /** `trace(M_S^-1 F)` of the chosen samples. */
  readonly objective: number;
  /** The ridge that was used. */
  readonly lambda: number;
  /** The largest relative error seen in the forms of a pick. */
  readonly drift: number;
  /** How often the state was rebuilt because of it. */
  readonly rebuilds: number;
}
