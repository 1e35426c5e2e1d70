/**
 * What the page uses of `@creel/creel/metrics`, and of simulations.
 *
 * @module
 */

export {
  calibrationBins,
  expectedCalibrationError,
} from "../../../src/learn/metrics/calibration.ts";
export { classBalance } from "../../../src/learn/metrics/class-balance.ts";
export { accuracy, confusionMatrix } from "../../../src/learn/metrics/classification.ts";
export { labelsToReach } from "../../../src/learn/simulation/label-savings.ts";
