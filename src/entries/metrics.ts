/**
 * Metrics on plain arrays: accuracy, calibration, errors of regression, class balance, and the area
 * under a learning curve and the labels it needs for a score.
 *
 * @module
 */

export * from "../learn/metrics/area-under-curve.ts";
export * from "../learn/metrics/calibration.ts";
export * from "../learn/metrics/class-balance.ts";
export * from "../learn/metrics/classification.ts";
export * from "../learn/metrics/regression.ts";
export { type Curve, labelsToReach } from "../learn/simulation/label-savings.ts";
