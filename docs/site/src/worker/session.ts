/**
 * An open project in the worker: its data, a device with the pool, and the learner. Every change is
 * in the browser's storage before its promise resolves.
 *
 * @module
 */

import type { ActiveLearner, HistoryEvent, Pool } from "../creel.ts";
import type { Database, StoredProject } from "../store/database.ts";
import { levelsOf, loadData, type ProjectData } from "./data.ts";
import { openPageDevice } from "./device.ts";
import { Host } from "./host.ts";
import type {
  DeviceWish,
  Note,
  Opened,
  ProjectInfo,
  ProjectSettings,
  Snapshot,
} from "./protocol.ts";
import { learnerOn, type Running, startOn } from "./running.ts";
import { canUndo, snapshotOf } from "./snapshots.ts";
import { initialStrategy, loadBaitParts } from "./strategies.ts";

/** The largest number of features with which the CPU starts while a GPU is looked for. */
const SMALL = 2 ** 18;

/** An open project. */
export class Session {
  #host!: Host;
  #saved: number;
  #saving: Promise<void> = Promise.resolve();
  #closed = false;
  #abort = new AbortController();
  #first: Promise<Snapshot> | undefined;
  #looksForGpu = false;

  private constructor(
    private readonly database: Database,
    private stored: StoredProject,
    /** The data of the project. */
    readonly data: ProjectData,
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
    const [data, events] = await Promise.all([
      loadData(database, stored),
      database.events(stored.id),
    ]);
    const session = new Session(database, stored, data, notify, events);
    // A GPU takes half a second to open. Small data need not wait: the CPU gives the same picks.
    session.#looksForGpu = wish === "auto" && data.features.length <= SMALL;
    const device = await openPageDevice(session.#looksForGpu ? "cpu" : wish);
    const state = stored.learner && { ...stored.learner, events };
    session.#host = new Host(await startOn(device, data, stored, state), {
      data,
      settings: () => session.project,
      wish,
      notify,
    });
    if (session.learner.history.length > events.length) await session.save();
    return session;
  }

  /** The learner. */
  get learner(): ActiveLearner {
    return this.#host.running.learner;
  }

  /** The pool with the features of all samples. */
  get pool(): Pool {
    return this.#host.running.pool;
  }

  /** The samples that are held out to measure the accuracy. */
  get heldOut(): readonly number[] {
    return this.#host.running.heldOut;
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
      device: this.#host.running.device.info,
      snapshot: this.snapshot,
      pixels: pixels && levelsOf(data),
    };
  }

  /** Writes what is new in the history to the storage. */
  save(): Promise<void> {
    const saved = this.#saving.then(() => this.#write());
    this.#saving = saved.catch(() => {});
    return saved;
  }

  /** Whether nobody else has changed the project since it was opened. */
  async isCurrent(): Promise<boolean> {
    return await this.database.eventCount(this.stored.id) === this.#saved;
  }

  async #write(): Promise<void> {
    if (this.#closed) return;
    const { events, ...learner } = this.learner.toJSON();
    const from = this.#saved;
    this.stored = { ...this.stored, changed: Date.now(), learner };
    await this.database.write(this.stored, { events: events.slice(from), from });
    this.#saved = events.length;
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
    if (this.#host.running.test && labels && this.learner.progress.labels > 0) {
      await this.compute(({ learner, test, heldOut }) =>
        learner.evaluate(test!, heldOut.map((row) => labels[row]!), this.recording)
      );
      await this.save();
    }
    return this.snapshot;
  }

  /**
   * Starts to choose the first batch, so that it is there when the page asks for it, and looks for
   * a GPU after that.
   */
  async begin(): Promise<void> {
    if (this.snapshot.round === 0) {
      this.#first = this.#choose();
      await this.#first.catch(() => {}); // Whoever asks for the batch hears of it.
    }
    if (this.#looksForGpu) await this.#host.lookForGpu();
    this.#looksForGpu = false;
  }

  /** Chooses the next batch; there is none when every sample is labeled or skipped. */
  async suggest(): Promise<Snapshot> {
    const first = this.#first;
    this.#first = undefined;
    return await (first ?? this.#choose());
  }

  async #choose(): Promise<Snapshot> {
    const budget = Math.min(this.stored.budget, this.learner.progress.candidates);
    if (budget > 0) {
      const classes = new Set(this.learner.labels.map(({ label }) => label)).size;
      const strategy = classes < 2 ? await initialStrategy(this.stored.initial) : undefined;
      if (!strategy) await loadBaitParts();
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
      const { pool, device } = this.#host.running;
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
    const { pool, device: { info } } = this.#host.running;
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

  /** Computes on the device; see {@linkcode Host.compute}. */
  compute<T>(work: (running: Running) => Promise<T>): Promise<T> {
    return this.#host.compute(work);
  }

  /** Frees the device; running work ends. */
  close(): void {
    this.#closed = true;
    this.cancel();
    this.#host.close();
  }
}
