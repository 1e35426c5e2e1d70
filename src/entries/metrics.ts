/**
 * Metrics on plain arrays: accuracy, calibration, errors of regression, class balance, and the area
 * under a learning curve.
 *
 * @module
 */

export * from "../learn/metrics/area-under-curve.ts";
export * from "../learn/metrics/calibration.ts";
export * from "../learn/metrics/class-balance.ts";
export * from "../learn/metrics/classification.ts";
export * from "../learn/metrics/regression.ts";
