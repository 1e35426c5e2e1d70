/**
 * An open project in the worker: its data, a device with the pool, and the learner. Every change is
 * in the browser's storage before its promise resolves.
 *
 * @module
 */

import { type ActiveLearner, DeviceError, type HistoryEvent, type Pool } from "../creel.ts";
import type { Database, StoredProject } from "../store/database.ts";
import { levelsOf, loadData, type ProjectData } from "./data.ts";
import { type OpenedDevice, openPageDevice } from "./device.ts";
import type {
  DeviceWish,
  Note,
  Opened,
  ProjectInfo,
  ProjectSettings,
  Snapshot,
} from "./protocol.ts";
import { learnerOn, type Running, startOn, stop } from "./running.ts";
import { canUndo, snapshotOf } from "./snapshots.ts";
import { initialStrategy } from "./strategies.ts";

/** The largest number of features with which the CPU starts while a GPU is looked for. */
const SMALL = 2 ** 18;

/** An open project. */
export class Session {
  #running: Running | undefined;
  #saved: number;
  #abort = new AbortController();
  #better: OpenedDevice | undefined;

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
    // A GPU takes half a second to open. Small data need not wait: the CPU gives the same picks.
    const wished = openPageDevice(wish);
    wished.catch(() => {}); // Awaited below, or by the first computation.
    const [data, events] = await Promise.all([
      loadData(database, stored),
      database.events(stored.id),
    ]);
    const session = new Session(database, stored, data, wish, notify, events);
    const small = wish === "auto" && data.features.length <= SMALL;
    const state = stored.learner && { ...stored.learner, events };
    const device = await (small ? openPageDevice("cpu") : wished);
    session.#use(await startOn(device, data, stored, state));
    if (small) session.#awaitDevice(wished);
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

  /** The samples that are held out to measure the accuracy. */
  get heldOut(): readonly number[] {
    return this.#current.heldOut;
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
      heldOut: this.heldOut.length,
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
    const { labels } = this.data;
    if (this.#current.test && labels && this.learner.progress.labels > 0) {
      await this.compute(({ learner, test, heldOut }) =>
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

  /**
   * Changes the settings of the project, for the next time that it is opened.
   *
   * @throws {InputError} if the strategy or the classes are wrong; then nothing changes
   */
  async configure(settings: ProjectSettings): Promise<void> {
    const before = this.stored;
    this.stored = { ...before, ...settings };
    try {
      const { pool, device } = this.#current;
      const state = this.learner.toJSON();
      (await learnerOn(pool, device.info, this.data, this.stored, state)).dispose();
      await this.database.write(this.stored);
    } catch (error) {
      this.stored = before;
      throw error;
    }
  }

  /**
   * Replaces the history by that of a saved learner.
   *
   * @throws {InputError} if it is no saved learner, or is of another pool; then nothing changes
   */
  async restore(state: unknown): Promise<void> {
    const { pool, device: { info } } = this.#current;
    const restored = await learnerOn(pool, info, this.data, this.stored, state ?? {});
    const { events, ...learner } = restored.toJSON();
    restored.dispose();
    this.stored = { ...this.stored, changed: Date.now(), learner };
    await this.database.replaceEvents(this.stored, events);
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
    const better = this.#better;
    this.#better = undefined;
    if (better) await this.#moveTo(better);
    for (const wish of [this.wish, "cpu"] as const) {
      try {
        return await work(this.#current);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        const device = await openPageDevice(wish);
        await this.#moveTo(device);
        this.notify({ kind: "device", device: device.info, lost: error.message });
      }
    }
    return await work(this.#current);
  }

  /** Frees the device; running work ends. */
  close(): void {
    this.cancel();
    this.#stop();
    this.#better?.device.dispose();
  }

  get #current(): Running {
    if (!this.#running) throw new Error("The project is not open");
    return this.#running;
  }

  /** Uses a device; when it is lost, even while nothing is computed, another one replaces it. */
  #use(running: Running): void {
    this.#running = running;
    const { device } = running.device;
    void device.gpu?.lost.then(async () => {
      if (this.#running === running) await this.compute(({ pool }) => pool.device.idle());
    });
  }

  /** Says which device there is when that is known; the next computation moves to a GPU. */
  #awaitDevice(wished: Promise<OpenedDevice>): void {
    wished.then((device) => {
      if (!this.#running) return device.device.dispose();
      this.notify({ kind: "device", device: device.info });
      if (device.info.kind === "webgpu") this.#better = device;
      else device.device.dispose();
    }, () => {});
  }

  /** Moves the project to another device. */
  async #moveTo(device: OpenedDevice): Promise<void> {
    const state = this.learner.toJSON();
    this.#stop();
    this.#use(await startOn(device, this.data, this.stored, state));
  }

  #stop(): void {
    if (this.#running) stop(this.#running);
    this.#running = undefined;
  }
}
