/**
 * The map of the open project: where the samples are, what the head says of them, and the drawing.
 *
 * @module
 */

import type { Pool } from "../creel.ts";
import { project, type Projection } from "./components.ts";
import { MapDrawing, type MapFrame } from "./map-drawing.ts";
import type { MapData } from "./protocol.ts";
import type { Session } from "./session.ts";

/** The map of one project on one device. */
export class ProjectMap {
  readonly #key = crypto.randomUUID();
  #drawing: MapDrawing | undefined;
  #disposed = false;

  private constructor(
    private readonly session: Session,
    private readonly projection: Projection,
    private readonly pool: Pool,
    private readonly gpu: GPUDevice | undefined,
  ) {}

  /**
   * Computes where the samples are.
   *
   * @param session the project
   * @param before the map that is replaced. If it was of the same project, its device was lost:
   * perhaps by drawing, and so the page draws from now on
   */
  static async of(session: Session, before: ProjectMap | undefined): Promise<ProjectMap> {
    const plain = before?.session === session;
    return await session.compute(async ({ pool }) =>
      new ProjectMap(session, await project(pool), pool, plain ? undefined : pool.device.gpu)
    );
  }

  /** Whether the map is still of this project and its device. */
  isOf(session: Session): boolean {
    return this.session === session && this.pool === session.pool;
  }

  /** What the page needs for the pointer, for colors, and to draw without a GPU. */
  async data(): Promise<MapData> {
    const { session, pool, projection: { points, center } } = this;
    const coordinates = await pool.device.read(points);
    const { classes } = session.project;
    const K = classes.length;
    const n = session.data.rows;
    const predicted = new Int32Array(n).fill(-1);
    const uncertainty = new Float32Array(n);
    if (session.learner.progress.labels > 0) {
      const all = await session.compute(({ learner, pool }) =>
        learner.predict(pool, session.recording)
      );
      for (let i = 0; i < n; i++) {
        const own = all.subarray(i * K, (i + 1) * K);
        const most = own.reduce((a, b) => Math.max(a, b), 0);
        predicted[i] = own.indexOf(most);
        uncertainty[i] = K > 1 ? (1 - most) * K / (K - 1) : 0;
      }
    }
    return {
      points: Float32Array.from(coordinates),
      center,
      predicted,
      uncertainty,
      key: this.#key,
      drawnByWorker: this.gpu !== undefined,
    };
  }

  /** Takes a canvas to draw on. */
  attach(canvas: OffscreenCanvas): void {
    this.#drawing?.dispose();
    this.#drawing = undefined;
    // The page may not know yet that the map was replaced, as after the loss of its device.
    if (this.#disposed) return;
    this.#drawing = this.gpu && new MapDrawing(canvas, this.gpu, this.projection.points);
  }

  /** Takes the colors of the samples. */
  paint(colors: Uint32Array<ArrayBuffer>): void {
    this.#drawing?.paint(colors);
  }

  /** Draws a frame. */
  draw(frame: MapFrame): void {
    this.#drawing?.draw(frame);
  }

  /** Frees the map. */
  dispose(): void {
    this.#disposed = true;
    this.#drawing?.dispose();
    this.#drawing = undefined;
    this.projection.points.dispose();
  }
}
