/**
 * An open project in the worker: its data, a device with the pool, and the learner. Every change is
 * in the browser's storage before its promise resolves.
 *
 * @module
 */

import { ActiveLearner, arrayRows, DeviceError, Pool } from "@creel/creel";
import type { HistoryEvent, LearnerState } from "@creel/creel/learner";
import type { Database, StoredProject } from "../store/database.ts";
import { levelsOf, loadData, type ProjectData, rowsOf } from "./data.ts";
import { type OpenedDevice, openPageDevice } from "./device.ts";
import type { DeviceWish, Note, Opened, ProjectInfo, Snapshot } from "./protocol.ts";
import { canUndo, GIVEN_NOTE, HELD_OUT_NOTE, snapshotOf } from "./snapshots.ts";
import { initialStrategy, strategyFor } from "./strategies.ts";

/** Everything that is lost with a device. */
interface Running {
  readonly device: OpenedDevice;
  readonly pool: Pool;
  readonly test: Pool | undefined;
  readonly learner: ActiveLearner;
}

/** An open project. */
export class Session {
  #running: Running | undefined;
  #saved: number;
  #abort = new AbortController();

  private constructor(
    private readonly database: Database,
    private stored: StoredProject,
    /** The data of the project. */
    readonly data: ProjectData,
    private readonly wish: DeviceWish,
    private readonly notify: (note: Note) => void,
    events: readonly HistoryEvent[],
  ) {
    this.#saved = events.length;
  }

  /**
   * Opens a project that is in the storage.
   *
   * @param database the storage
   * @param stored the project
   * @param wish the kind of device
   * @param notify receives progress, and what the worker notices by itself
   */
  static async open(
    database: Database,
    stored: StoredProject,
    wish: DeviceWish,
    notify: (note: Note) => void,
  ): Promise<Session> {
    // The device is slow to open, and needs nothing of the data.
    const [device, data, events] = await Promise.all([
      openPageDevice(wish),
      loadData(database, stored),
      database.events(stored.id),
    ]);
    const session = new Session(database, stored, data, wish, notify, events);
    const state = stored.learner && { ...stored.learner, events };
    session.#running = await session.#start(device, state);
    await session.save();
    return session;
  }

  /** The learner. */
  get learner(): ActiveLearner {
    return this.#current.learner;
  }

  /** The pool with the features of all samples. */
  get pool(): Pool {
    return this.#current.pool;
  }

  /** The project as it is stored. */
  get project(): StoredProject {
    return this.stored;
  }

  /** The labels so far. */
  get snapshot(): Snapshot {
    return snapshotOf(this.learner);
  }

  /** What the page needs to show the project. */
  get opened(): Opened {
    const { data, stored } = this;
    const { id, name, classes, strategy, initial, budget, pixels, images } = stored;
    const project: ProjectInfo = {
      ...{ id, name, classes, strategy, initial, budget, pixels, images },
      rows: data.rows,
      columns: data.columns,
      heldOut: data.heldOut.length,
      hasOracle: data.complete,
    };
    return {
      project,
      device: this.#current.device.info,
      snapshot: this.snapshot,
      pixels: pixels && levelsOf(data),
    };
  }

  /** Writes what is new in the history to the storage. */
  async save(): Promise<void> {
    const { events, ...learner } = this.learner.toJSON();
    const from = this.#saved;
    this.stored = { ...this.stored, changed: Date.now(), learner };
    await this.database.write(this.stored, { events: events.slice(from), from });
    this.#saved = Math.max(this.#saved, events.length);
  }

  /** Changes labels or skipped samples, and saves that. */
  async change(work: (learner: ActiveLearner) => void): Promise<Snapshot> {
    work(this.learner);
    await this.save();
    return this.snapshot;
  }

  /** Reverts the last change of the person. */
  async undo(): Promise<{ rows: readonly number[]; snapshot: Snapshot }> {
    if (!canUndo(this.learner.history)) return { rows: [], snapshot: this.snapshot };
    const change = this.learner.undo();
    await this.save();
    return { rows: change?.indices ?? [], snapshot: this.snapshot };
  }

  /** Measures the head on the samples that are held out, if there are any. */
  async evaluate(): Promise<Snapshot> {
    const { heldOut, labels } = this.data;
    if (heldOut.length > 0 && labels && this.learner.progress.labels > 0) {
      await this.compute(({ learner, test }) =>
        learner.evaluate(test!, heldOut.map((row) => labels[row]!), this.recording)
      );
      await this.save();
    }
    return this.snapshot;
  }

  /** Chooses the next batch; there is none when every sample is labeled or skipped. */
  async suggest(): Promise<Snapshot> {
    const budget = Math.min(this.stored.budget, this.learner.progress.candidates);
    if (budget > 0) {
      const classes = new Set(this.learner.labels.map(({ label }) => label)).size;
      const strategy = classes < 2 ? await initialStrategy(this.stored.initial) : undefined;
      await this.compute(({ learner }) =>
        learner.suggest(budget, { ...this.recording, ...(strategy && { strategy }) })
      );
      await this.save();
    }
    return this.snapshot;
  }

  /** Stops what is being computed. */
  cancel(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** The abort signal and the progress callback of long work. */
  get recording() {
    return {
      signal: this.#abort.signal,
      onProgress: (phase: string, done: number, total: number) =>
        this.notify({ kind: "progress", phase, done, total }),
    };
  }

  /**
   * Computes on the device. If the device fails, another one is opened and the work repeated: first
   * as the person wished, then on the CPU.
   */
  async compute<T>(work: (running: Running) => Promise<T>): Promise<T> {
    for (const wish of [this.wish, "cpu"] as const) {
      try {
        return await work(this.#current);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        await this.#restart(wish, error.message);
      }
    }
    return await work(this.#current);
  }

  /** Frees the device; running work ends. */
  close(): void {
    this.cancel();
    this.#stop();
  }

  get #current(): Running {
    if (!this.#running) throw new Error("The project is not open");
    return this.#running;
  }

  async #restart(wish: DeviceWish, lost: string): Promise<void> {
    const state = this.learner.toJSON();
    this.#stop();
    const device = await openPageDevice(wish);
    this.#running = await this.#start(device, state);
    this.notify({ kind: "device", device: device.info, lost });
  }

  async #start(device: OpenedDevice, state: LearnerState | undefined): Promise<Running> {
    const { data, stored } = this;
    const pool = await Pool.from(
      device.device,
      arrayRows("features", data.features, data.columns),
    );
    const test = data.heldOut.length > 0
      ? await Pool.from(
        device.device,
        arrayRows("held-out features", rowsOf(data, data.heldOut), data.columns),
      )
      : undefined;
    const options = {
      strategy: await strategyFor(stored.strategy, device.info, {
        classes: stored.classes.length,
        columns: data.columns,
      }),
      classes: stored.classes,
    };
    if (state) {
      // A learner refuses another number of classes, and a person may add one.
      const settings = { ...state.settings, classes: stored.classes };
      const learner = await ActiveLearner.fromJSON({ ...state, settings }, pool, options);
      return { device, pool, test, learner };
    }
    const learner = await ActiveLearner.create(pool, options);
    const { labeled, labels, heldOut } = data;
    if (heldOut.length > 0) learner.skip(heldOut, { note: HELD_OUT_NOTE });
    if (labels && labeled.length > 0) {
      learner.label(labeled, labeled.map((row) => labels[row]!), { note: GIVEN_NOTE });
    }
    return { device, pool, test, learner };
  }

  #stop(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.learner.dispose();
    running?.test?.dispose();
    running?.pool.dispose();
    running?.device.device.dispose();
  }
}
