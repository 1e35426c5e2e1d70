/**
 * The map on the screen: the camera, the pointer, and the marks over the samples. The samples
 * themselves are drawn by the worker with WebGPU, or here without.
 *
 * @module
 */

import type { MapFrame } from "../worker/map-drawing.ts";
import type { MapData } from "../worker/protocol.ts";
import { type Camera, matrixOf, onScreen, scaleOf, START, turned, zoomed } from "./camera.ts";
import { drawMarks } from "./marks.ts";
import { insideOf, nearestTo } from "./pick.ts";
import { drawPlain } from "./plain-drawing.ts";

/** The worker that draws the samples. */
export interface RemoteDrawing {
  /** Gives the canvas away. */
  attach(canvas: OffscreenCanvas): void;
  /** Sends the colors of the samples. */
  paint(colors: Uint32Array<ArrayBuffer>): void;
  /** Draws a frame. */
  draw(frame: MapFrame): void;
}

/** What happens on the map. */
export interface SceneOptions {
  /** The worker that draws the samples; without one they are drawn here. */
  readonly remote?: RemoteDrawing;
  /** Is called when the pointer is over another sample. */
  onHover(hovered: { row: number; x: number; y: number } | undefined): void;
  /** Is called when a sample is clicked. */
  onOpen(row: number): void;
  /** Is called when samples are inside a lasso. */
  onLasso(rows: readonly number[]): void;
}

/** How far the keys turn the camera, in radians. */
const STEP = 0.15;
/** Movements of the pointer below this many pixels are clicks. */
const CLICK = 4;

/** A map in two canvases, one over the other. */
export class MapScene {
  #map: MapData | undefined;
  #colors = new Uint32Array();
  #camera: Camera = START;
  #scale = 1;
  #places = new Float32Array();
  #batch: readonly number[] = [];
  #labeled: readonly number[] = [];
  #cursor: number | undefined;
  #lasso = false;
  #line: [number, number][] = [];
  #frame = 0;
  readonly #pointers = new Map<number, [number, number]>();
  #moved = 0;
  readonly #plain: CanvasRenderingContext2D | undefined;
  readonly #marks: CanvasRenderingContext2D;
  readonly #resized: ResizeObserver;
  readonly #listening = new AbortController();

  constructor(
    private readonly points: HTMLCanvasElement,
    private readonly marks: HTMLCanvasElement,
    private readonly options: SceneOptions,
  ) {
    this.#marks = marks.getContext("2d")!;
    if (options.remote) options.remote.attach(points.transferControlToOffscreen());
    else this.#plain = points.getContext("2d")!;
    this.#resized = new ResizeObserver(() => this.#redraw());
    this.#resized.observe(marks);
    const { signal } = this.#listening;
    const on = <Name extends keyof HTMLElementEventMap>(
      name: Name,
      listener: (event: HTMLElementEventMap[Name]) => void,
    ) => marks.addEventListener(name, listener, { signal, passive: false });
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", (event) => this.#pointers.delete(event.pointerId));
    on("pointerleave", () => options.onHover(undefined));
    on("wheel", (event) => {
      event.preventDefault();
      this.#look(zoomed(this.#camera, Math.exp(event.deltaY / 500)));
    });
    on("keydown", (event) => this.#key(event));
  }

  /** Shows another map. */
  show(map: MapData): void {
    this.#map = map;
    this.#scale = scaleOf(map.points, map.center);
    this.#redraw();
  }

  /** Takes the colors of the samples. */
  paint(colors: Uint32Array<ArrayBuffer>): void {
    this.#colors = colors;
    this.options.remote?.paint(colors);
    this.#redraw();
  }

  /** Takes the samples that are marked. */
  mark(batch: readonly number[], labeled: readonly number[], cursor: number | undefined): void {
    this.#batch = batch;
    this.#labeled = labeled;
    this.#cursor = cursor;
    this.#redraw();
  }

  /** Whether the pointer draws a lasso; otherwise it turns the map. */
  useLasso(lasso: boolean): void {
    this.#lasso = lasso;
  }

  /** Stops listening. */
  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#listening.abort();
    this.#resized.disconnect();
  }

  #look(camera: Camera): void {
    this.#camera = camera;
    this.#redraw();
  }

  #redraw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const map = this.#map;
    const { clientWidth, clientHeight } = this.marks;
    if (!map || clientWidth === 0) return;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    const { points, center } = map;
    const matrix = matrixOf(this.#camera, width / height);
    const scale = this.#scale;
    this.#places = onScreen(matrix, points, center, scale, clientWidth, clientHeight);
    if (this.options.remote) this.options.remote.draw({ matrix, center, scale, width, height });
    else if (this.#plain) {
      if (this.points.width !== width) this.points.width = width;
      if (this.points.height !== height) this.points.height = height;
      drawPlain(this.#plain, this.#places.map((place) => place * ratio), this.#colors, ratio);
    }
    if (this.marks.width !== width) this.marks.width = width;
    if (this.marks.height !== height) this.marks.height = height;
    drawMarks(this.#marks, this.#places, ratio, {
      batch: this.#batch,
      labeled: this.#labeled,
      cursor: this.#cursor,
      line: this.#line,
    });
  }

  #down(event: PointerEvent): void {
    this.marks.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    this.#moved = 0;
    this.#line = this.#lasso || event.shiftKey ? [[event.offsetX, event.offsetY]] : [];
  }

  #move(event: PointerEvent): void {
    const { offsetX: x, offsetY: y, pointerId } = event;
    const before = this.#pointers.get(pointerId);
    if (!before) return this.#hover(x, y);
    const [dx, dy] = [x - before[0], y - before[1]];
    this.#moved += Math.hypot(dx, dy);
    const other = [...this.#pointers].find(([id]) => id !== pointerId)?.[1];
    this.#pointers.set(pointerId, [x, y]);
    if (other) {
      const distance = (place: readonly number[]) =>
        Math.hypot(place[0]! - other[0], place[1]! - other[1]);
      this.#look(zoomed(this.#camera, distance(before) / Math.max(1, distance([x, y]))));
    } else if (this.#line.length > 0) {
      this.#line.push([x, y]);
      this.#redraw();
    } else this.#look(turned(this.#camera, dx / 150, dy / 150));
  }

  #up(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    const line = this.#line;
    this.#line = [];
    if (this.#moved < CLICK) {
      const row = nearestTo(this.#places, event.offsetX, event.offsetY);
      if (row !== undefined) this.options.onOpen(row);
    } else if (line.length > 2) this.options.onLasso(insideOf(this.#places, line));
    this.#redraw();
  }

  #hover(x: number, y: number): void {
    const row = nearestTo(this.#places, x, y);
    this.options.onHover(row === undefined ? undefined : { row, x, y });
  }

  #key(event: KeyboardEvent): void {
    const camera = this.#camera;
    const next = {
      ArrowLeft: () => turned(camera, STEP, 0),
      ArrowRight: () => turned(camera, -STEP, 0),
      ArrowUp: () => turned(camera, 0, STEP),
      ArrowDown: () => turned(camera, 0, -STEP),
      "+": () => zoomed(camera, 0.85),
      "-": () => zoomed(camera, 1 / 0.85),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    this.#look(next());
  }
}
