/**
 * What the tests of other runtimes run in each of them: selections on every path that meets a
 * global which not every runtime has. Loads everywhere; what is compared is in runtimes_test.ts.
 */

import { ActiveLearner, arrayRows, type Device, openDevice } from "../../mod.ts";
import { Pool, select, STRATEGIES } from "../../mod.ts";
import * as strategies from "../../src/entries/strategies.ts";
import { goldenDifferences, parseGolden, runGolden, TOLERANCES } from "../select/golden.ts";

/** The results of a runtime, passed as JSON. */
export interface SmokeResult {
  /** The globals of {@linkcode NEW_GLOBALS} that the runtime has not. */
  readonly lacking: readonly string[];
  readonly kind: Device["kind"];
  /** How the golden case differs from the reference. */
  readonly differences: readonly string[];
  /** The picks of everything else, by its name. */
  readonly picks: Record<string, number[]>;
  /** Of the 65,536 half floats, those that a tensor does not give back, or rounds otherwise. */
  readonly wrongHalves: number;
  /** Tensors that were not freed. */
  readonly leaked: number;
}

/** The features and labels of a small pool with three classes. */
function poolData() {
  const [rows, columns, classes] = [90, 6, 3];
  const labels = Array.from({ length: rows }, (_, i) => i % classes);
  const data = Float32Array.from(
    { length: rows * columns },
    (_, e) => Math.sin(e * e + 1) + (e % columns === labels[Math.floor(e / columns)] ? 1 : 0),
  );
  const labeled = labels.map((_, i) => i).filter((i) => i % 7 === 0);
  return { features: { data, columns }, labels, labeled, own: labeled.map((i) => labels[i]!) };
}

/** The picks of every strategy, by its name. */
async function everyStrategy(device: Device): Promise<Record<string, number[]>> {
  const { features, labels, labeled, own } = poolData();
  const oracle = (index: number) => labels[index]!;
  const picks: Record<string, number[]> = {};
  // In a bundle the names work of those strategies that it has.
  if (Object.keys(strategies).length < STRATEGIES.length) throw new Error("strategies are missing");
  for (const strategy of STRATEGIES) {
    const input = { device, features, labeled, labels: own, strategy, oracle, budget: 6 };
    picks[strategy] = (await select(input)).picks;
  }
  return picks;
}

/** The picks from half floats, with every scale. Around 100 they lie 1/16 apart. */
async function halfPools(device: Device): Promise<Record<string, number[]>> {
  const { features: { data, columns }, labeled } = poolData();
  const features = { data: data.map((value) => 100 + 0.1 * value), columns };
  const picks: Record<string, number[]> = {};
  for (const scale of ["none", "standardize", "l2"] as const) {
    const input = { device, features, labeled, scale, storage: "f16", budget: 8 } as const;
    picks[`f16 ${scale}`] = (await select(input)).picks;
  }
  return picks;
}

/** The picks of three rounds of a learner, which measures how much its heads agree. */
async function learnerRounds(device: Device): Promise<number[]> {
  const { features: { data, columns }, labels } = poolData();
  using pool = await Pool.from(device, arrayRows("features", data, columns));
  using learner = await ActiveLearner.create(pool, { classes: 3, strategy: "margin" });
  const all: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { picks } = await learner.suggest(6);
    learner.label(picks, picks.map((index) => labels[index]!));
    all.push(...picks);
  }
  return all;
}

/** Every half float through a tensor and back, and numbers between two of them. */
async function wrongHalves(device: Device): Promise<number> {
  const finite: number[] = [];
  for (let exponent = 0; exponent < 31; exponent++) {
    for (let fraction = 0; fraction < 1024; fraction++) {
      const unit = 2 ** (Math.max(exponent, 1) - 25);
      finite.push(unit * (exponent === 0 ? fraction : 1024 + fraction));
    }
  }
  // A little more than halfway to the next one is rounded up, a little less down.
  const next = (at: number) => finite[at + 1] ?? 65536;
  const middle = (at: number, share: number) => finite[at]! + share * (next(at) - finite[at]!);
  const given = finite.flatMap((value, at) => [value, -value, middle(at, 0.49), middle(at, 0.51)]);
  const expected = finite.flatMap((value, at) => [value, -value, value, next(at)]);
  // The last would be rounded to infinity.
  using tensor = device.tensor("halves", [given.length - 1], "f16", given.slice(0, -1));
  const back = await device.read(tensor);
  return Array.from(back).filter((value, at) => !Object.is(value, expected[at])).length;
}

/** Globals that the library must not need. */
export const NEW_GLOBALS: Readonly<Record<string, () => unknown>> = {
  "Symbol.dispose": () => Symbol.dispose,
  "DisposableStack": () => globalThis.DisposableStack,
  "Float16Array": () => globalThis.Float16Array,
  "Math.f16round": () => Math.f16round,
  "Iterator.prototype.reduce": () => [].values().reduce,
  "Map.groupBy": () => Map.groupBy,
};

/** The settings of a run. */
export interface SmokeOptions {
  /** Where to look for an adapter. Default `navigator.gpu`. */
  readonly gpu?: GPU;
  /** Which device to open. On a GPU only the golden case and the half floats are run. */
  readonly device?: Device["kind"];
}

/** Runs it all in this runtime. */
export async function smoke(
  json: string,
  npz: Uint8Array,
  { gpu, device: choice = "cpu" }: SmokeOptions = {},
): Promise<SmokeResult> {
  const device = await openDevice({ device: choice, gpu });
  try {
    const golden = await parseGolden(json, npz);
    const result = await runGolden(device, golden);
    const picks = await halfPools(device);
    if (device.kind === "cpu") {
      Object.assign(picks, await everyStrategy(device), { learner: await learnerRounds(device) });
    }
    return {
      lacking: Object.keys(NEW_GLOBALS).filter((name) => NEW_GLOBALS[name]!() === undefined),
      kind: device.kind,
      differences: goldenDifferences(golden, result, TOLERANCES[device.kind]),
      picks,
      wrongHalves: await wrongHalves(device),
      leaked: device.memory.count,
    };
  } finally {
    device.dispose();
  }
}
