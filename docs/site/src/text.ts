/**
 * All words that the page shows. A translation replaces this file.
 *
 * @module
 */

/** The files that can be exported. */
type ExportWords = "csv" | "json" | "label-studio" | "npz" | "head" | "learner" | "project";

/** The English text of the page. */
export const text = {
  title: "Creel",
  tagline: "Label what helps most",
  views: { label: "Label", map: "Map", review: "Review", data: "Data" },
  navigation: "Pages",
  skipLink: "Skip to the samples",

  // --- The batch -----------------------------------------------------------------------------
  batchTitle: (round: number) => `Batch ${round}`,
  batchHint: (count: number) =>
    `The ${samples(count)} whose labels should help the head most, the most informative first.`,
  batchName: "Samples to label",
  sampleName: (place: number, count: number, row: number, state: string) =>
    `Sample ${place} of ${count}, row ${row}, ${state}`,
  open: "not labeled",
  skippedState: "skipped",
  labeledState: (name: string) => `labeled ${name}`,
  rank: (rank: number) => `${rank}`,
  chosen: "chosen",
  classesName: "Classes",
  className: (name: string, key: string | undefined) =>
    key === undefined || key === name.toLowerCase() ? `Class ${name}` : `Class ${name}, key ${key}`,
  row: (row: number) => `Row ${row}`,
  skip: "Skip",
  undo: "Undo",
  help: "Keys",
  emptyTitle: "Choosing the first batch",

  // --- Progress ------------------------------------------------------------------------------
  labeledCount: (count: number) => `${count} labeled`,
  accuracy: (share: number | undefined) =>
    share === undefined ? "– accuracy" : `${percent(share)} accuracy`,
  accuracyHint: (count: number) =>
    count > 0
      ? `on ${count} samples that are held out to measure it`
      : "no sample is held out to measure it",
  labeledHint: (left: number) => `${left} left in the pool`,
  curveTitle: "Accuracy against labels",
  curveYou: "this project",
  curveRandom: "random labels",
  curveName: (points: string) => `Accuracy against labels: ${points || "no point yet"}`,
  curvePoint: (labels: number, share: number) => `${percent(share)} with ${labels}`,
  axisLabels: "labels",
  saves: (labels: number, random: number) => `${labels} labels do what ${random} random ones do.`,
  savesMore: (labels: number, simulated: number) =>
    `${labels} labels do what not even ${simulated} random ones do.`,
  savesNothing: (labels: number) => `${labels} labels do as much as ${labels} random ones so far.`,
  savesSoon: "Random labeling is being simulated beside you, to compare.",
  savesFirst: "Label the first batch to see where you stand.",
  oracle: "Let an oracle label 200",
  oracleHint: "It knows the true classes, and answers every question at once.",
  stop: "Stop",

  // --- Data ----------------------------------------------------------------------------------
  openTitle: "Open",
  drop: "Drop files here, or choose them",
  dropHint:
    "Features as .npz, .npy, .parquet, .safetensors or .csv, with or without images in the " +
    "same order; a folder of images alone (their colors are then the features); a project " +
    "(.creel); or a saved learner (.json).",
  reading: (count: number) => `Reading ${count === 1 ? "a file" : `${count} files`} …`,
  projectsName: "Projects in this browser",
  changed: (when: Date) => when.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" }),
  remove: "Remove",
  removeProject: (name: string) => `Remove ${name}`,
  exportTitle: "Export",
  exportLabels: "Export labels",
  exports: {
    csv: ["Labels, CSV", "a table: row, class, round, strategy and time"],
    json: ["Labels, JSON", "the same as one object"],
    "label-studio": ["Label Studio", "tasks with choices, to import there"],
    npz: ["Labels, NPZ", "creel select pool.npz --labels FILE --labeled FILE reads it"],
    head: ["Head", "safetensors with the names of PyTorch; loadHead reads it"],
    learner: ["Learner", "JSON that ActiveLearner.fromJSON loads on every platform"],
    project: ["Project", "everything in one file, to open here or elsewhere"],
  } as Readonly<Record<ExportWords, readonly [string, string]>>,
  settingsTitle: "Settings",
  fields: {
    name: "Name",
    classes: "Classes, one a line",
    strategy: "Strategy",
    initial: "First batch",
    budget: "Samples in a batch",
  },
  automatic: "automatic",
  automaticHint: "BAIT, in the form that suits the device and the number of features.",
  byDefault: (value: string) => value === "" ? "default" : `default: ${value}`,
  initial: {
    bait: "BAIT on the features alone",
    typiclust: "typical samples (TypiClust)",
    "max-herding": "covering samples (MaxHerding)",
    random: "random samples",
  },
  apply: "Apply",

  // --- Map -----------------------------------------------------------------------------------
  mapping: "Drawing the map …",
  mapTitle: "Map of the pool",
  mapHint: "All samples on their first three principal components. Drag or use the arrow keys to " +
    "turn, scroll, pinch, + or - to zoom; click a sample to label it.",
  mapName: (count: number) =>
    `Map of ${samples(count)} on three principal components; arrow keys turn it`,
  colorBy: "Color",
  colors: { class: "predicted class", uncertainty: "uncertainty" },
  lassoOn: "Draw a lasso",
  lassoOff: "Turn the map",
  groupTitle: (count: number) => `Label ${samples(count)} at once as`,
  predictedAs: (name: string, uncertainty: number) =>
    `predicted ${name}, uncertainty ${percent(uncertainty)}`,
  labeledGroup: (count: number, name: string) => `${samples(count)} labeled ${name}`,

  // --- Review --------------------------------------------------------------------------------
  reviewEmpty: "There is nothing to review yet",
  reviewing: "Asking the head for its opinion …",
  reviewTitle: "Labels to look at again",
  reviewHint: "The most doubtful first: those that the head finds least likely.",
  more: "Show more",
  classOf: (row: number) => `Class of row ${row}`,
  agrees: (share: number) => `The head agrees, and is ${percent(share)} sure.`,
  disagrees: (name: string, share: number) =>
    `The head says ${name}, and gives this label ${percent(share)}.`,
  askedBy: (strategy: string | undefined, round: number) =>
    strategy === undefined ? "chosen by you" : `asked by ${strategy} in batch ${round}`,
  accept: (name: string) => `Change to ${name}`,
  person: "you",
  confusionTitle: "Confusion matrix",
  onHeldOut: "Held-out samples: true classes in rows, predicted ones in columns.",
  onLabeled: "Labeled samples, which the head was trained on: your classes in rows.",
  trueAndPredicted: "true \\ predicted",
  calibrationTitle: "Calibration",
  calibrationHint: (error: number) =>
    `How often the head is right when it is this sure; expected error ${percent(error)}.`,
  confidence: "confidence",
  share: "share that is right",
  balanceTitle: "Labels of each class",
  originsTitle: "Who asked",

  // --- States --------------------------------------------------------------------------------
  status: {
    opening: "Opening the project …",
    ready: "Ready for your labels",
    training: "Training the head …",
    choosing: "Choosing the next batch …",
    done: "Nothing is left to label",
    elsewhere: "Open in another tab",
    failed: "The project could not be opened",
  },
  oneClass: "All labels are of one class so far: the head can only repeat it.",
  doneTitle: "Nothing is left to label",
  doneHint: "Every sample of the pool is labeled or skipped. Review the labels, or export them.",
  elsewhereTitle: "This project is open in another tab",
  elsewhereHint:
    "Only one tab labels at a time, so that no label is lost. What the other tab labels is stored.",
  takeOver: "Continue here",
  failedTitle: "The project could not be opened",
  retry: "Try again",
  cancel: "Cancel",
  nextBatch: "Choose the next batch",
  dismiss: "Dismiss",
  crashed: (reason: string) =>
    `The worker of the page stopped${reason ? ` (${reason})` : ""}: reload the page to go on`,
  deviceLost: (lost: string, name: string) =>
    `The device failed and the work goes on with ${name}: ${lost}`,
  device: {
    gpu: (name: string) => `GPU: ${name}`,
    cpu: "CPU",
    chosen: "Computing on the CPU, as the address asks.",
    software: (detail: string) =>
      `Computing on the CPU: the only WebGPU adapter (${detail}) is software and slower.`,
    missing: (detail: string) =>
      `Computing on the CPU, because this browser gives no WebGPU (${detail}). Chrome and Edge ` +
      "have it since 113, Safari since 26, Firefox since 141 on Windows; on Linux, Chrome needs " +
      "chrome://flags/#enable-unsafe-webgpu.",
  },

  // --- For screen readers --------------------------------------------------------------------
  labeled: (row: number, name: string) => `Row ${row} labeled ${name}`,
  skippedRow: (row: number) => `Row ${row} skipped`,
  undone: "Last change undone",
  newBatch: (count: number) => `New batch of ${samples(count)}`,

  // --- Help ----------------------------------------------------------------------------------
  helpTitle: "Keys",
  close: "Close",
  keys: [
    [["0–9", "a–z"], "label the current sample: the key is on the class"],
    [["⌫"], "undo the last change"],
    [["←", "→", "↑", "↓"], "go to another sample"],
    [["s"], "skip the sample: nobody can tell"],
    [["?"], "show or hide the keys"],
  ] as readonly (readonly [readonly string[], string])[],
  helpMouse: "Or click a sample and then a class, or drag the sample to the class.",
  privacy: "Nothing leaves this page: features, images and labels stay in this browser.",
};

/** A number of samples in words. */
export function samples(count: number): string {
  return count === 1 ? "1 sample" : `${count} samples`;
}

/** A share in percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}
