/**
 * The history, the measurements and the saved state of a learner; `ActiveLearner` and the stopping
 * rules are in `@creel/creel`.
 *
 * @module
 */

export type { Fingerprint } from "../learn/learner/fingerprint.ts";
export * from "../learn/learner/history.ts";
export { type Fresh, type Indices, LabelLog } from "../learn/learner/label-log.ts";
export * from "../learn/learner/options.ts";
export type { LearnerSettings } from "../learn/learner/settings.ts";
export type { LearnerState } from "../learn/learner/state.ts";
export type { LearnerProgress, RoundProgress, StopReason } from "../learn/learner/stopping.ts";
