/**
 * What the tests of everything that runs on a device share: one body for both devices, kernels
 * against their CPU twins, seeded numbers.
 *
 * A device is opened once a test file, when the first test needs it, and disposed of after the
 * last. After every test no tensor may be left over and nothing may have gone wrong on the device.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Device, DeviceLimits } from "../src/device/device.ts";
import type { Kernel } from "../src/device/kernel.ts";
import { openDevice } from "../src/device/open.ts";
import { findBlas } from "../src/kernels/blas/open-blas.ts";
import type { DType, Tensor, Values } from "../src/device/tensor.ts";
import { matrixRows, readVector } from "../src/io/array.ts";
import { bytesOf } from "../src/io/bytes.ts";
import { openNpz } from "../src/io/numpy/npz.ts";
import { readAll } from "../src/io/rows.ts";

// --- Devices -------------------------------------------------------------------------------------

/** The devices of tests: `blas` is the CPU device on a BLAS, and `cpu` is the one without. */
type Kind = Device["kind"] | "blas";

// Deno 2.9 would load libEGL for a backend that is not used here, and libEGL's clean-up at the exit
// of the process now and then corrupts the heap: about 1 of 150 runs of device/failure_test.ts
// aborted after it had passed (Mesa 22.3, November 2026), and without libEGL none of 340.
if (Deno.build.os === "linux" && !Deno.env.has("DENO_WEBGPU_BACKEND")) {
  Deno.env.set("DENO_WEBGPU_BACKEND", "vulkan");
}

/**
 * Whether this machine has a WebGPU adapter; where it has none, tests that need one are ignored.
 */
export const hasAdapter = await navigator.gpu?.requestAdapter() ? true : false;
const opened = new Map<Kind, Promise<Device>>();

/** The device that all tests of this file share. */
export function sharedDevice(kind: Kind): Promise<Device> {
  let device = opened.get(kind);
  if (!device) {
    const options = { device: kind === "blas" ? "cpu" : kind, blas: kind === "blas" } as const;
    opened.set(kind, device = openDevice(options));
  }
  return device;
}

Deno.test.afterAll(async () => {
  for (const device of opened.values()) (await device)[Symbol.dispose]();
});

/**
 * Registers a test that runs on each device and on the CPU device with a BLAS, for everything that
 * is a matrix product.
 */
export function matrixTest(name: string, test: DeviceTest): void {
  deviceTest(name, test);
  register(name, "blas", test);
}

/** Registers a test that runs once on each device. */
export function deviceTest(name: string, test: DeviceTest): void {
  for (const kind of ["cpu", "webgpu"] as const) register(name, kind, test);
}

/**
 * Registers a test that needs a GPU and no twin of it on the CPU. It gets the shared device; one
 * that breaks its device on purpose opens another.
 */
export function gpuTest(name: string, test: DeviceTest): void {
  register(name, "webgpu", test);
}

type DeviceTest = (device: Device) => Promise<void> | void;

function register(name: string, kind: Kind, test: DeviceTest): void {
  const missing = kind === "webgpu" && !hasAdapter
    ? ": no adapter here"
    : kind === "blas" && !findBlas()
    ? ": no BLAS here"
    : "";
  const ignore = missing !== "";
  Deno.test({
    name: `${name} (${kind}${missing})`,
    ignore,
    async fn() {
      const device = await sharedDevice(kind);
      try {
        await leavesNothing(device, () => test(device));
      } catch (error) {
        // What one test broke must not fail the next ones.
        opened.delete(kind);
        device[Symbol.dispose]();
        throw error;
      }
    },
  });
}

/**
 * Runs a test and asserts that it disposed of what it made, and that the device has no complaint.
 */
async function leavesNothing(device: Device, test: () => Promise<void> | void): Promise<void> {
  const { count, bytes } = device.memory;
  await test();
  await device.idle();
  assert.equal(device.memory.count, count, "tensors that the test left alive");
  assert.equal(device.memory.bytes, bytes, "bytes that the test left alive");
}

/** The same device with other limits, so that small pools are cut like large ones. */
export function withLimits(device: Device, limits: Partial<DeviceLimits>): Device {
  return withProperties(device, { limits: { ...device.limits, ...limits } });
}

/** The same device with some of its properties replaced. */
export function withProperties(device: Device, changed: Partial<Device>): Device {
  return new Proxy(device, {
    get(target, key) {
      if (Object.hasOwn(changed, key)) return changed[key as keyof Device];
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A tensor's values as plain numbers. */
export async function numbers(
  device: Device,
  tensor: Tensor,
  offset?: number,
  count?: number,
): Promise<number[]> {
  return Array.from(await device.read(tensor, offset, count));
}

// --- Numbers -------------------------------------------------------------------------------------

/** How far two numbers may lie apart: `absolute + relative * |expected|`. */
export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

/** Asserts that all numbers are close, and names the first that is not. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 1e-5, absolute = 1e-6 }: Tolerance = {},
  what = "values",
  shape: readonly number[] = [expected.length],
): void {
  assert.equal(actual.length, expected.length, `${what}: the number of elements`);
  for (let e = 0; e < expected.length; e++) {
    const distance = Math.abs(actual[e]! - expected[e]!);
    if (distance <= absolute + relative * Math.abs(expected[e]!)) continue;
    assert.fail(
      `${what}[${indexOf(e, shape)}] is ${actual[e]} instead of ${expected[e]} ` +
        `(off by ${distance.toExponential(2)}; ${relative} relative + ${absolute} is allowed)`,
    );
  }
}

function indexOf(element: number, shape: readonly number[]): string {
  const index: number[] = [];
  for (const length of shape.toReversed()) {
    index.unshift(element % length);
    element = Math.floor(element / length);
  }
  return index.join(", ");
}

/** Seeded random numbers, rounded to float32 so that both devices see the same. */
export class Random {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A float64 in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniformFloat64(this.#generator);
  }

  /** An integer in 0 .. below - 1. */
  integer(below: number): number {
    return uniformInt(this.#generator, 0, below - 1);
  }

  /** Uniform numbers. */
  uniforms(count: number, low = -1, high = 1): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length: count }, () => this.uniform(low, high));
  }

  /** Standard normal numbers (Box-Muller). */
  normals(count: number, scale = 1): Float32Array<ArrayBuffer> {
    return Float32Array.from({ length: count }, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      return scale * radius * Math.cos(2 * Math.PI * this.uniform());
    });
  }

  /** Rows of probabilities, `[rows, classes]`: the softmax of normal logits. */
  probabilities(rows: number, classes: number, scale = 1.5): Float32Array<ArrayBuffer> {
    const values = this.normals(rows * classes, scale);
    for (let at = 0; at < values.length; at += classes) {
      const row = Array.from(values.subarray(at, at + classes), Math.exp);
      const sum = row.reduce((a, b) => a + b);
      values.set(row.map((value) => value / sum), at);
    }
    return values;
  }

  /** `count` distinct integers in 0 .. below - 1, in random order. */
  distinct(count: number, below: number): number[] {
    const all = Array.from({ length: below }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const other = i + this.integer(below - i);
      [all[i], all[other]] = [all[other]!, all[i]!];
    }
    return all.slice(0, count);
  }
}

/** The digits: 1,797 images of 8 x 8 gray values in 0 .. 1 and their labels. */
export async function digits(): Promise<
  { features: Float32Array<ArrayBuffer>; labels: number[]; rows: number; columns: number }
> {
  const path = join(import.meta.dirname!, "..", "docs", "data", "digits.npz");
  const npz = await openNpz(bytesOf("digits.npz", await Deno.readFile(path)));
  const source = matrixRows(await npz.open("features"));
  const { values } = await readVector(await npz.open("labels"));
  return {
    features: await readAll(source),
    labels: Array.from(values),
    rows: source.rows,
    columns: source.columns,
  };
}

// --- Kernels -------------------------------------------------------------------------------------

/** One argument of a kernel; without data it is zeros. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly data?: ArrayLike<number>;
}

/** One call of a kernel. */
export interface KernelCall<Binding extends string, Param extends string, Constant extends string> {
  readonly tensors: Record<Binding, TensorSpec>;
  readonly params: Record<Param, number>;
  readonly constants?: Partial<Record<Constant, number>>;
  /** Which elements of a written tensor are defined; those that are not are not compared. */
  readonly defined?: Partial<Record<Binding, (element: number) => boolean>>;
}

/**
 * Runs a kernel on the GPU and its twin in float64 from the same inputs, and compares everything
 * that is written. For the body of a {@linkcode gpuTest}.
 *
 * @returns what the twin wrote, for a look at the result itself
 */
export async function compareKernel<
  Binding extends string,
  Param extends string,
  Constant extends string,
>(
  kernel: Kernel<Binding, Param, Constant>,
  call: KernelCall<Binding, Param, Constant>,
  tolerance: Tolerance = {},
): Promise<Record<Binding, Values>> {
  const [cpu, gpu] = await Promise.all([sharedDevice("cpu"), sharedDevice("webgpu")]);
  const expected = await results(cpu, kernel, call);
  const actual = await results(gpu, kernel, call);
  for (const name of Object.keys(kernel.bindings) as Binding[]) {
    const { shape } = call.tensors[name];
    const defined = call.defined?.[name] ?? (() => true);
    assertClose(
      Array.from(actual[name], (value, e) => defined(e) ? value : 0),
      Array.from(expected[name], (value, e) => defined(e) ? value : 0),
      kernel.bindings[name] === "read" ? { relative: 0, absolute: 0 } : tolerance,
      `${kernel.name} ${JSON.stringify({ ...call.params, ...call.constants })}: ${name}`,
      shape,
    );
  }
  return expected;
}

async function results<Binding extends string, Param extends string, Constant extends string>(
  device: Device,
  kernel: Kernel<Binding, Param, Constant>,
  call: KernelCall<Binding, Param, Constant>,
): Promise<Record<Binding, Values>> {
  const names = Object.keys(kernel.bindings) as Binding[];
  const tensors = {} as Record<Binding, Tensor>;
  try {
    for (const name of names) {
      const { shape, dtype = "real", data } = call.tensors[name];
      // Both devices see the same numbers, although one of them could hold more digits.
      const seen = data && dtype === "real" ? Float32Array.from(data) : data;
      tensors[name] = device.tensor(name, shape, dtype, seen);
    }
    device.run(kernel, tensors, call.params, call.constants);
    const values = await device.readAll(names.map((name) => ({ tensor: tensors[name] })));
    return Object.fromEntries(names.map((name, at) => [name, values[at]!])) as Record<
      Binding,
      Values
    >;
  } finally {
    for (const tensor of Object.values<Tensor>(tensors)) tensor[Symbol.dispose]();
  }
}
