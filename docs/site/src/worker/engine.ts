/**
 * The worker of the page: everything that computes.
 *
 * @module
 */

import { InputError, saveHead } from "../creel.ts";
import { expose } from "comlink";
import { askedFor, DEMO } from "../state/address.ts";
import { Database, type StoredProject } from "../store/database.ts";
import type { ProjectMap } from "./map.ts";
import type { MapFrame } from "./map-drawing.ts";
import type {
  DeviceWish,
  MapData,
  Note,
  Opened,
  ProjectSettings,
  Review,
  Snapshot,
} from "./protocol.ts";
import { Session } from "./session.ts";
import { type StrategyCard, strategyCards } from "./strategies.ts";

/** The demonstration as it is before the first visit. */
const demo = (): StoredProject => ({
  id: DEMO,
  name: "Handwritten digits",
  classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
  strategy: "",
  initial: "bait",
  budget: 10,
  changed: 0,
  demo: true,
  pixels: { width: 8, height: 8, channels: 1 },
});

/** A project that is opened before the page asks for it. */
interface Early {
  readonly id: string;
  readonly wish: DeviceWish;
  readonly session: Promise<Session>;
}

/** What the page can ask for. Every promise of a change resolves when the change is stored. */
export class Engine {
  #database: Promise<Database> | undefined;
  #session: Session | undefined;
  #map: ProjectMap | undefined;
  #notify: ((note: Note) => void) | undefined;
  #early: Early | undefined;

  /**
   * Opens a project before the page asks for it, since the page is drawn meanwhile. That writes
   * nothing if the project exists already, which another tab may be labeling.
   */
  openEarly(id: string, wish: DeviceWish): void {
    const session = this.#openSession(id, wish);
    session.catch(() => {}); // The page hears of it when it asks.
    this.#early = { id, wish, session };
  }

  /** Opens a project, and starts to choose its first batch. */
  async open(id: string, wish: DeviceWish, notify: (note: Note) => void): Promise<Opened> {
    const early = this.#early;
    this.#early = undefined;
    this.#notify = notify;
    this.close();
    let session = await early?.session.catch(() => undefined);
    const usable = early?.id === id && early.wish === wish && await session?.isCurrent();
    if (!usable) {
      session?.close();
      session = await this.#openSession(id, wish);
    }
    this.#session = session!;
    const { opened } = this.#session;
    void this.#session.begin();
    return opened;
  }

  /** Closes the project: what is computed for it ends, and nothing more is written. */
  close(): void {
    this.#map?.dispose();
    this.#map = undefined;
    this.#session?.close();
    this.#session = undefined;
  }

  async #openSession(id: string, wish: DeviceWish): Promise<Session> {
    const database = await this.database;
    const stored = await database.project(id) ?? (id === DEMO ? demo() : undefined);
    if (!stored) throw new InputError(`There is no project ${id} in this browser`);
    return await Session.open(database, stored, wish, (note) => this.#notify?.(note));
  }

  /** Labels samples; with `relabel` existing labels are replaced. */
  async label(rows: readonly number[], label: number, relabel = false): Promise<Snapshot> {
    return await this.session.change((learner) =>
      learner.label(rows, rows.map(() => label), { relabel })
    );
  }

  /** Removes the labels of samples. */
  async unlabel(rows: readonly number[]): Promise<Snapshot> {
    return await this.session.change((learner) => learner.unlabel(rows));
  }

  /** Skips samples. */
  async skip(rows: readonly number[]): Promise<Snapshot> {
    return await this.session.change((learner) => learner.skip(rows));
  }

  /** Reverts the last change; returns the samples that it concerned. */
  async undo(): Promise<{ rows: readonly number[]; snapshot: Snapshot }> {
    return await this.session.undo();
  }

  /** Labels the open samples of the batch with the classes that the file has. */
  async askOracle(): Promise<Snapshot> {
    const { data: { labels }, snapshot: { batch, labels: known, skipped } } = this.session;
    const done = new Set([...known.map(({ row }) => row), ...skipped]);
    const open = batch.filter((row) => !done.has(row));
    return await this.session.change((learner) =>
      learner.label(open, open.map((row) => labels![row]!), { note: "oracle" })
    );
  }

  /** Retrains the head and measures it. */
  async evaluate(): Promise<Snapshot> {
    return await this.session.evaluate();
  }

  /** Chooses the next batch. */
  async suggest(): Promise<Snapshot> {
    return await this.session.suggest();
  }

  /** Stops what is being computed. */
  cancel(): void {
    this.#session?.cancel();
  }

  /** The opinion of the head about the labels, and its errors. */
  async review(): Promise<Review> {
    const { reviewOf } = await import("./review.ts");
    return await reviewOf(this.session);
  }

  /** The projects in this browser, those changed last first. */
  async projects(): Promise<{ id: string; name: string; changed: number }[]> {
    const stored = await (await this.database).projects();
    const all = stored.some(({ id }) => id === DEMO) ? stored : [...stored, demo()];
    return all.map(({ id, name, changed }) => ({ id, name, changed }));
  }

  /** Removes a project that is not open. */
  async remove(id: string): Promise<void> {
    await (await this.database).remove(id);
  }

  /**
   * Takes files: a saved learner of the open project, or a new project.
   *
   * @returns the key of the project to open
   */
  async take(files: readonly File[]): Promise<string> {
    const [first] = files;
    if (files.length === 1 && /\.json$/i.test(first!.name)) {
      await this.session.restore(await jsonOf(first!));
      return this.session.project.id;
    }
    const { projectFromFiles } = await import("./projects.ts");
    return await projectFromFiles(
      await this.database,
      files,
      (done, total) => this.#notify?.({ kind: "progress", phase: "features", done, total }),
    );
  }

  /** Changes the settings of the open project, which must then be opened again. */
  async configure(settings: ProjectSettings): Promise<void> {
    await this.session.configure(settings);
  }

  /** The labels as the command line reads them. */
  async exportLabels(): Promise<Uint8Array<ArrayBuffer>> {
    const { labelsNpz } = await import("./projects.ts");
    return labelsNpz(this.session);
  }

  /** The head for the labels so far, as a safetensors file. */
  async exportHead(): Promise<Uint8Array<ArrayBuffer>> {
    const { classes } = this.session.project;
    return await this.session.compute(async ({ learner }) =>
      await saveHead(await learner.head(), { classes: JSON.stringify(classes) })
    );
  }

  /** The learner as JSON, as the library saves and loads it on every platform. */
  exportLearner(): string {
    return JSON.stringify(this.session.learner);
  }

  /** The whole project as one file. */
  async exportProject(): Promise<Uint8Array<ArrayBuffer>> {
    const { projectArchive } = await import("./projects.ts");
    return await projectArchive(await this.database, this.session);
  }

  /** The image of a sample. */
  async image(row: number): Promise<Blob | undefined> {
    return (await (await this.database).file(this.session.project.id, String(row)))?.blob;
  }

  /** The map of the pool. */
  async map(): Promise<MapData> {
    if (!this.#map?.isOf(this.session)) {
      const { ProjectMap } = await import("./map.ts");
      const before = this.#map;
      before?.dispose();
      this.#map = await ProjectMap.of(this.session, before);
    }
    return await this.#map.data();
  }

  /** Takes the canvas of the map, if the worker draws it. */
  attachMap(canvas: OffscreenCanvas): void {
    this.#map?.attach(canvas);
  }

  /** Takes the colors of the samples on the map. */
  paintMap(colors: Uint32Array<ArrayBuffer>): void {
    this.#map?.paint(colors);
  }

  /** Draws the map. */
  drawMap(frame: MapFrame): void {
    this.#map?.draw(frame);
  }

  /** All strategies with their options. */
  async strategies(): Promise<StrategyCard[]> {
    return await strategyCards();
  }

  /** The storage. */
  protected get database(): Promise<Database> {
    return this.#database ??= Database.open();
  }

  /** The open project. */
  protected get session(): Session {
    if (!this.#session) throw new Error("No project is open");
    return this.#session;
  }
}

async function jsonOf(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    throw new InputError(`Cannot read ${file.name}: it is no JSON`, { cause: error });
  }
}

const engine = new Engine();
expose(engine);
const asked = askedFor(location.search);
engine.openEarly(asked.project, asked.device);
