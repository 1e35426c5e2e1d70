/**
 * The browser's storage (IndexedDB): projects, the events of their histories, and their files.
 *
 * Histories only grow, and so a label is one small record that is appended. Its transaction is
 * complete, with strict durability, before the promise resolves.
 *
 * @module
 */

import type { HistoryEvent, LearnerState } from "../creel.ts";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { PixelShape, ProjectSettings } from "../worker/protocol.ts";

/** A project as it is stored, without its events and files. */
export interface StoredProject extends ProjectSettings {
  /** The key. */
  readonly id: string;
  /** When it was changed last, in milliseconds since 1970. */
  readonly changed: number;
  /** Whether it is the demonstration, whose file comes with the page. */
  readonly demo: boolean;
  /** The shape of the images that the features are, if they are images. */
  readonly pixels?: PixelShape | undefined;
  /** The names of the images, in the order of the rows. */
  readonly images?: readonly string[] | undefined;
  /** The saved learner without its events; undefined before the project was opened first. */
  readonly learner?: Omit<LearnerState, "events"> | undefined;
}

/** A file of a project: its features, or one of its images. */
export interface StoredFile {
  /** The key of the project. */
  readonly project: string;
  /** `features`, or the place of an image. */
  readonly key: string;
  /** The name that the file had. */
  readonly name: string;
  /** The bytes. */
  readonly blob: Blob;
}

interface Schema extends DBSchema {
  projects: { key: string; value: StoredProject };
  events: {
    key: [string, number];
    value: { readonly project: string; readonly at: number; readonly event: HistoryEvent };
  };
  files: { key: [string, string]; value: StoredFile };
}

/** The error that another tab has changed a project in the meantime. */
export class ElsewhereError extends Error {
  override readonly name = "ElsewhereError";
}

const STORES = ["projects", "events", "files"] as const;

/** The storage of the page. */
export class Database {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  /** Opens the storage, and creates it on the first visit. */
  static async open(): Promise<Database> {
    return new Database(
      await openDB<Schema>("creel", 1, {
        upgrade(db) {
          db.createObjectStore("projects", { keyPath: "id" });
          db.createObjectStore("events", { keyPath: ["project", "at"] });
          db.createObjectStore("files", { keyPath: ["project", "key"] });
        },
      }),
    );
  }

  /** All projects, those changed last first. */
  async projects(): Promise<StoredProject[]> {
    return (await this.db.getAll("projects")).sort((a, b) => b.changed - a.changed);
  }

  /** A project; undefined if there is none. */
  async project(id: string): Promise<StoredProject | undefined> {
    return await this.db.get("projects", id);
  }

  /** The events of a project, in order. */
  async events(id: string): Promise<HistoryEvent[]> {
    return (await this.db.getAll("events", allOf(id))).map(({ event }) => event);
  }

  /** The number of events of a project. */
  async eventCount(id: string): Promise<number> {
    return await this.db.count("events", allOf(id));
  }

  /** A file of a project; undefined if there is none. */
  async file(id: string, key: string): Promise<StoredFile | undefined> {
    return await this.db.get("files", [id, key]);
  }

  /**
   * Writes a project, and with it some of its files and events, completely or not at all.
   *
   * @throws {ElsewhereError} if there are such events already: another tab has labeled
   */
  async write(
    project: StoredProject,
    { files = [], events = [], from = 0 }: {
      files?: readonly StoredFile[];
      events?: readonly HistoryEvent[];
      /** The place of the first of the events. */
      from?: number;
    } = {},
  ): Promise<void> {
    const change = this.db.transaction(STORES, "readwrite", { durability: "strict" });
    const writes: Promise<unknown>[] = [change.objectStore("projects").put(project)];
    for (const file of files) writes.push(change.objectStore("files").put(file));
    for (const [at, event] of events.entries()) {
      writes.push(change.objectStore("events").add({ project: project.id, at: from + at, event }));
    }
    try {
      await Promise.all([...writes, change.done]);
    } catch (error) {
      await change.done.catch(() => {}); // Its rejection is that of the write that failed.
      if ((error as Error).name !== "ConstraintError") throw error;
      throw new ElsewhereError("Another tab has changed the project", { cause: error });
    }
  }

  /** Replaces the history of a project. */
  async replaceEvents(project: StoredProject, events: readonly HistoryEvent[]): Promise<void> {
    const change = this.db.transaction(["projects", "events"], "readwrite", {
      durability: "strict",
    });
    const store = change.objectStore("events");
    await Promise.all([
      store.delete(allOf(project.id)),
      change.objectStore("projects").put(project),
      ...events.map((event, at) => store.put({ project: project.id, at, event })),
      change.done,
    ]);
  }

  /** Removes a project with all that belongs to it. */
  async remove(id: string): Promise<void> {
    const change = this.db.transaction(STORES, "readwrite");
    await Promise.all([
      change.objectStore("projects").delete(id),
      change.objectStore("events").delete(allOf(id)),
      change.objectStore("files").delete(allOf(id)),
      change.done,
    ]);
  }
}

/** The keys of everything that belongs to a project. */
function allOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}
