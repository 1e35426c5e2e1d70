/**
 * The camera of the map: it turns around the center, and comes nearer or goes away.
 *
 * @module
 */

import { mat4 } from "wgpu-matrix";

/** Where the camera is. */
export interface Camera {
  /** The turn around the vertical axis, in radians. */
  readonly yaw: number;
  /** The height above the plane, in radians. */
  readonly pitch: number;
  /** The distance from the center; the map has radius 1. */
  readonly distance: number;
}

/** Where the camera is at first: it sees the first two components as a plane. */
export const START: Camera = { yaw: 0, pitch: 0, distance: 3 };

const STEEPEST = 1.5;
const NEAREST = 0.4;
const FARTHEST = 12;

/** Turns a camera by a movement of the pointer. */
export function turned({ yaw, pitch, distance }: Camera, dx: number, dy: number): Camera {
  const steep = Math.max(-STEEPEST, Math.min(STEEPEST, pitch + dy));
  return { yaw: yaw - dx, pitch: steep, distance };
}

/** Moves a camera nearer (factors below 1) or away. */
export function zoomed(camera: Camera, factor: number): Camera {
  const distance = Math.max(NEAREST, Math.min(FARTHEST, camera.distance * factor));
  return { ...camera, distance };
}

/** From coordinates to clip space, column-major. */
export function matrixOf({ yaw, pitch, distance }: Camera, aspect: number): Float32Array {
  const eye = [
    distance * Math.cos(pitch) * Math.sin(yaw),
    distance * Math.sin(pitch),
    distance * Math.cos(pitch) * Math.cos(yaw),
  ];
  const narrow = aspect < 1 ? 2 * Math.atan(Math.tan(0.4) / aspect) : 0.8;
  return mat4.multiply(
    mat4.perspective(narrow, aspect, 0.05, 40),
    mat4.lookAt(eye, [0, 0, 0], [0, 1, 0]),
  );
}

/**
 * Where the samples are on the screen.
 *
 * @param matrix from coordinates to clip space
 * @param points the coordinates, `[n, 4]`
 * @param center the center, 4 numbers
 * @param scale the factor of coordinates
 * @param width the width of the screen
 * @param height the height of the screen
 * @returns `[n, 2]`; NaN behind the camera
 */
export function onScreen(
  matrix: Float32Array,
  points: Float32Array,
  center: readonly number[],
  scale: number,
  width: number,
  height: number,
): Float32Array<ArrayBuffer> {
  const n = points.length / 4;
  const places = new Float32Array(2 * n);
  const [m0, m1, , m3, m4, m5, , m7, m8, m9, , m11, m12, m13, , m15] =
    matrix as unknown as number[];
  for (let i = 0; i < n; i++) {
    const x = (points[4 * i]! - center[0]!) * scale;
    const y = (points[4 * i + 1]! - center[1]!) * scale;
    const z = (points[4 * i + 2]! - center[2]!) * scale;
    const w = m3! * x + m7! * y + m11! * z + m15!;
    const behind = w <= 0;
    const u = (m0! * x + m4! * y + m8! * z + m12!) / w;
    const v = (m1! * x + m5! * y + m9! * z + m13!) / w;
    places[2 * i] = behind ? NaN : (0.5 + 0.5 * u) * width;
    places[2 * i + 1] = behind ? NaN : (0.5 - 0.5 * v) * height;
  }
  return places;
}

/** The factor that gives a map radius 1: nearly all samples are nearer to the center. */
export function scaleOf(points: Float32Array, center: readonly number[]): number {
  const n = points.length / 4;
  const step = Math.max(1, Math.floor(n / 4096));
  const lengths: number[] = [];
  for (let i = 0; i < n; i += step) {
    lengths.push(Math.hypot(...[0, 1, 2].map((c) => points[4 * i + c]! - center[c]!)));
  }
  lengths.sort((a, b) => a - b);
  return 1 / (lengths[Math.floor(0.98 * (lengths.length - 1))] || 1);
}
