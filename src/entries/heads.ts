/**
 * The descriptions, options and reports of heads; `Head` and `trainHead` are in `@creel/creel`.
 *
 * @module
 */

export type { GivenWeights, HeadDescription, Task } from "../head/head.ts";
export type { Labeled, Measured } from "../head/labeled.ts";
export type { LabelMatrix, Multilabeled } from "../head/label-matrix.ts";
export type { LayerValues } from "../head/layout.ts";
export type { HiddenActivation } from "../head/network.ts";
export type { FirstOrder } from "../head/optimizers.ts";
export type { Schedule } from "../head/schedule.ts";
export { trainClassifier, type TrainClassifierOptions } from "../head/train-classifier.ts";
export { trainMultilabel } from "../head/train-multilabel.ts";
export type { TrainingReport } from "../head/training-report.ts";
export type { KnownLabels, SeveralLabels } from "../learn/known-labels.ts";
export type { ColumnScale, Scaling } from "../pool/column-scale.ts";
export type { LinearWeights, PredictionOptions } from "../pool/predictions.ts";
