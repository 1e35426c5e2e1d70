/**
 * What the page and its worker say to each other: plain data only.
 *
 * @module
 */

/** The devices that a person can choose; `auto` avoids software adapters. */
export type DeviceWish = "auto" | "webgpu" | "cpu";

/** How the rows of a feature file are shown as images. */
export interface PixelShape {
  /** The number of pixels in a row of the image. */
  readonly width: number;
  /** The number of rows of the image. */
  readonly height: number;
  /** 1 for gray, 3 for red, green and blue. */
  readonly channels: 1 | 3;
}

/** How the first batch is chosen, before there are labels of two classes. */
export type InitialBatch = "bait" | "typiclust" | "max-herding" | "random";

/** The settings of a project that a person can change. */
export interface ProjectSettings {
  /** The name of the project. */
  readonly name: string;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The strategy as text, such as `bait(fisher=exp)`; empty: BAIT, as it suits the device. */
  readonly strategy: string;
  /** How the first batch is chosen. */
  readonly initial: InitialBatch;
  /** The number of samples in a batch. */
  readonly budget: number;
}

/** A project as the page knows it. */
export interface ProjectInfo extends ProjectSettings {
  /** The key of the project in the browser's storage. */
  readonly id: string;
  /** n, the number of samples in the file. */
  readonly rows: number;
  /** d, the number of features. */
  readonly columns: number;
  /** The number of samples that are held out to measure the accuracy. */
  readonly heldOut: number;
  /** Whether the file has the class of every sample, so that an oracle can label. */
  readonly hasOracle: boolean;
  /** The shape of the images that the features are, if they are images. */
  readonly pixels: PixelShape | undefined;
  /** The names of the images, in the order of the rows, if there are images. */
  readonly images: readonly string[] | undefined;
}

/** The device that the worker computes on. */
export interface DeviceInfo {
  /** The kind of the device. */
  readonly kind: "webgpu" | "cpu";
  /** The name of the adapter. */
  readonly name: string;
  /** Why no GPU is used, if none is: `none`, or an adapter that computes on the CPU. */
  readonly reason: "chosen" | "missing" | "software" | undefined;
  /** The library's sentence about it. */
  readonly detail: string | undefined;
}

/** A labeled sample. */
export interface LabelInfo {
  /** The row of the sample in the file. */
  readonly row: number;
  /** The class, from 0. */
  readonly label: number;
  /** The round that suggested it. */
  readonly round: number;
  /** The strategy that suggested it; undefined if the person chose it. */
  readonly strategy: string | undefined;
  /** When it was labeled, in ISO 8601. */
  readonly time: string;
}

/** The accuracy of the head for a number of labels. */
export interface CurvePoint {
  /** The number of labels. */
  readonly labels: number;
  /** The share of held-out samples whose class the head predicts, 0 to 1. */
  readonly accuracy: number;
}

/** Everything that changes while a person labels. */
export interface Snapshot {
  /** The labels in the order of the rows. */
  readonly labels: readonly LabelInfo[];
  /** The skipped samples, without those that are held out. */
  readonly skipped: readonly number[];
  /** The number of samples that can still be suggested. */
  readonly candidates: number;
  /** The samples of the last batch, in the order of the picks. */
  readonly batch: readonly number[];
  /** The number of the last batch, from 1; 0 before the first one. */
  readonly round: number;
  /** The accuracy against labels. */
  readonly curve: readonly CurvePoint[];
  /** Whether a change can be undone. */
  readonly canUndo: boolean;
}

/** A project that was opened. */
export interface Opened {
  /** The project. */
  readonly project: ProjectInfo;
  /** The device. */
  readonly device: DeviceInfo;
  /** The labels so far. */
  readonly snapshot: Snapshot;
  /** The gray levels or colors of all samples, `[n, height, width, channels]`. */
  readonly pixels: Uint8Array | undefined;
}

/** What the worker reports while it computes. */
export type Note =
  | { readonly kind: "progress"; readonly phase: string; readonly done: number; total: number }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "device"; readonly device: DeviceInfo; readonly lost?: string };

/** A labeled sample with the opinion of the head. */
export interface Opinion extends LabelInfo {
  /** The class that the head predicts. */
  readonly predicted: number;
  /** The probability of the predicted class. */
  readonly confidence: number;
  /** The probability of the given class. */
  readonly agreement: number;
}

/** What the review shows. */
export interface Review {
  /** The labeled samples, the most doubtful first. */
  readonly opinions: readonly Opinion[];
  /** The number of held-out samples of each true class (row) and predicted class, `[K, K]`. */
  readonly confusion: readonly number[];
  /** Whether the matrix counts held-out samples; otherwise it counts the labeled ones. */
  readonly onHeldOut: boolean;
  /** The calibration on the same samples, by bins of confidence. */
  readonly calibration: readonly {
    readonly confidence: number;
    readonly accuracy: number;
    readonly count: number;
  }[];
  /** The expected calibration error, 0 to 1. */
  readonly calibrationError: number;
}

/** The map of the pool. */
export interface MapData {
  /** The coordinates on three principal components, `[n, 4]`; the last one is 0. */
  readonly points: Float32Array;
  /** The coordinates of the mean of all samples, 4 numbers. */
  readonly center: readonly number[];
  /** The class that the head predicts for each sample; -1 without labels. */
  readonly predicted: Int32Array;
  /** 0 where the head is sure, 1 where all classes are equally probable. */
  readonly uncertainty: Float32Array;
  /** Another one for each map that needs canvases of its own. */
  readonly key: string;
  /** Whether the worker draws the map with WebGPU; otherwise the page draws it. */
  readonly drawnByWorker: boolean;
}
