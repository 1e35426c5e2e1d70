/**
 * The part of an open project that is on a device, and is lost with it.
 *
 * @module
 */

import { ActiveLearner, arrayRows, type LearnerState, Pool } from "../creel.ts";
import type { ProjectData } from "./data.ts";
import { rowsOf } from "./data.ts";
import type { OpenedDevice } from "./device.ts";
import type { DeviceInfo, ProjectSettings } from "./protocol.ts";
import { GIVEN_NOTE, HELD_OUT_NOTE, heldOutIn } from "./snapshots.ts";
import { strategyFor } from "./strategies.ts";

/** A pool and a learner on a device. */
export interface Running {
  /** The device. */
  readonly device: OpenedDevice;
  /** The features of all samples. */
  readonly pool: Pool;
  /** The learner. */
  readonly learner: ActiveLearner;
  /** The samples that are held out to measure the accuracy. */
  readonly heldOut: readonly number[];
  /** Their features; undefined if there are none. */
  readonly test: Pool | undefined;
}

/**
 * Starts a project on a device.
 *
 * @param device the device
 * @param data the data of the project
 * @param settings the settings of the project
 * @param state the saved learner; undefined for a new project
 */
export async function startOn(
  device: OpenedDevice,
  data: ProjectData,
  settings: ProjectSettings,
  state: LearnerState | undefined,
): Promise<Running> {
  const poolOf = (name: string, features: Float32Array) =>
    Pool.from(device.device, arrayRows(name, features, data.columns));
  const pool = await poolOf("features", data.features);
  const learner = await learnerOn(pool, device.info, data, settings, state);
  const heldOut = holdOut(learner, data);
  const test = heldOut.length > 0
    ? await poolOf("held-out features", rowsOf(data, heldOut))
    : undefined;
  return { device, pool, learner, heldOut, test };
}

/** Frees everything, the device too. */
export function stop({ device, pool, learner, test }: Running): void {
  learner.dispose();
  test?.dispose();
  pool.dispose();
  device.device.dispose();
}

/**
 * The learner of a project: a saved one, or a new one with the labels that the file has.
 *
 * @throws {InputError} if the settings are wrong, or the saved learner is none or of another pool
 */
export async function learnerOn(
  pool: Pool,
  device: DeviceInfo,
  { columns, labels, labeled }: ProjectData,
  { classes, strategy }: ProjectSettings,
  state: Partial<LearnerState> | undefined,
): Promise<ActiveLearner> {
  const size = { classes: classes.length, columns };
  const options = { strategy: await strategyFor(strategy, device, size), classes };
  if (state) {
    // A learner refuses another number of classes, and a person may add one.
    const settings = { ...state.settings, classes };
    return await ActiveLearner.fromJSON({ ...state, settings }, pool, options);
  }
  const learner = await ActiveLearner.create(pool, options);
  if (labels && labeled.length > 0) {
    learner.label(labeled, labeled.map((row) => labels[row]!), { note: GIVEN_NOTE });
  }
  return learner;
}

/** Holds samples out, unless the history says which ones; labeled samples cannot be. */
function holdOut(learner: ActiveLearner, { heldOut }: ProjectData): readonly number[] {
  const before = heldOutIn(learner.history);
  if (before.length > 0) return before;
  const known = new Set(learner.labels.map(({ index }) => index));
  const rows = heldOut.filter((row) => !known.has(row));
  if (rows.length > 0) learner.skip(rows, { note: HELD_OUT_NOTE });
  return rows;
}
