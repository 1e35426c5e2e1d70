import assert from "node:assert/strict";
import { CpuDevice } from "../../src/device/cpu.ts";
import { type DType, formatBytes, Ledger } from "../../src/device/tensor.ts";
import { sum } from "../../src/kernels/linalg/sum.ts";
import { deviceTest, gpuTest, numbers } from "../fixture.ts";

const dtypes: readonly DType[] = ["real", "f32", "f16", "u32"];

Deno.test("formatBytes: three digits at most, in powers of 1000", () => {
  const written: Record<string, number> = {
    "0 B": 0,
    "999 B": 999,
    "1.0 kB": 1000,
    "134 MB": 128 * 2 ** 20,
    "4.3 GB": 4 * 2 ** 30,
    "1200 TB": 1.2e15,
  };
  for (const [text, bytes] of Object.entries(written)) assert.equal(formatBytes(bytes), text);
});

Deno.test("ledger: counts what is alive and remembers the peak", () => {
  const ledger = new Ledger(1000);
  ledger.take(600, "a");
  ledger.take(400, "b");
  ledger.release(600);
  assert.deepEqual([ledger.count, ledger.bytes, ledger.peak], [1, 400, 1000]);
  ledger.resetPeak();
  ledger.take(1, "c");
  assert.deepEqual([ledger.count, ledger.bytes, ledger.peak], [2, 401, 401]);
});

Deno.test("ledger: beyond the budget the message says what, how much and how much is taken", () => {
  using device = new CpuDevice(100_000, undefined);
  using _first = device.tensor("first", [10_000]);
  assert.throws(() => device.tensor("the second", [2501]), {
    name: "DeviceError",
    message: "Cannot allocate 20.0 kB for the second: 80.0 kB of the memory budget of 100 kB are " +
      "in use",
  });
  assert.deepEqual([device.memory.count, device.memory.bytes], [1, 80_000]);
  device.tensor("what just fits", [2500])[Symbol.dispose]();
});

gpuTest("tensor: beyond what can be bound the message names the device and its limit", (device) => {
  const { bindingBytes } = device.limits;
  assert.throws(() => device.tensor("huge", [bindingBytes / 4 + 1]), {
    name: "DeviceError",
    message: `Cannot allocate ${formatBytes(bindingBytes + 4)} for huge: ${device.name} binds at ` +
      `most ${formatBytes(bindingBytes)}`,
  });
});

deviceTest("tensor: zeros without data, whatever the shape", async (device) => {
  for (const dtype of dtypes) {
    for (const shape of [[5], [3, 7], [1, 1, 1], [], [0], [4, 0]]) {
      using tensor = device.tensor("x", shape, dtype);
      assert.deepEqual(tensor.shape, shape);
      assert.equal(tensor.size, shape.reduce((a, b) => a * b, 1));
      assert.deepEqual(await numbers(device, tensor), new Array(tensor.size).fill(0));
    }
  }
});

deviceTest("tensor: what goes up comes back, for every type and odd lengths", async (device) => {
  for (const dtype of dtypes) {
    for (const length of [0, 1, 2, 3, 5, 7, 64, 1001]) {
      const values = Array.from({ length }, (_, i) => dtype === "u32" ? 2 ** 32 - 1 - i : i - 2.5);
      const kinds = dtype === "u32"
        ? [values, Uint32Array.from(values), Float64Array.from(values)]
        : [values, Float32Array.from(values), Float16Array.from(values), Float64Array.from(values)];
      for (const data of kinds) {
        using tensor = device.tensor("x", [length], dtype, data);
        assert.deepEqual(await numbers(device, tensor), values);
      }
    }
  }
});

deviceTest("tensor: half floats are rounded to the nearest", async (device) => {
  const values = [1 / 3, 1e-8, 65504, 65519, 2049, 2051, -0.1];
  using tensor = device.tensor("x", [values.length], "f16", values);
  assert.deepEqual(await numbers(device, tensor), values.map((value) => Math.f16round(value)));
});

deviceTest("read: any part of a tensor", async (device) => {
  for (const dtype of dtypes) {
    const values = Array.from({ length: 11 }, (_, i) => 3 * i);
    using tensor = device.tensor("x", [11], dtype, values);
    for (const [offset, count] of [[0, 11], [1, 3], [3, 1], [5, 6], [10, 1], [11, 0], [2, 0]]) {
      const part = await numbers(device, tensor, offset, count);
      assert.deepEqual(part, values.slice(offset, offset! + count!), `${dtype} from ${offset}`);
    }
    assert.deepEqual(await numbers(device, tensor, 7), values.slice(7));
  }
});

deviceTest("readAll: parts of several tensors in one transfer", async (device) => {
  using a = device.tensor("a", [5], "f16", [1, 2, 3, 4, 5]);
  using b = device.tensor("b", [3], "u32", [7, 8, 9]);
  using c = device.tensor("c", [2], "real", [-1, -2]);
  const { readbacks } = device.counts;
  const parts = await device.readAll([
    { tensor: a, offset: 1, count: 3 },
    { tensor: b },
    { tensor: a, offset: 4 },
    { tensor: c, offset: 1 },
    { tensor: b, count: 0 },
  ]);
  assert.deepEqual(parts.map((part) => Array.from(part)), [[2, 3, 4], [7, 8, 9], [5], [-2], []]);
  assert.equal(device.counts.readbacks, readbacks + 1);
  assert.deepEqual(await device.readAll([]), []);
});

deviceTest(
  "read: the result is the caller's, and later writes do not change it",
  async (device) => {
    using tensor = device.tensor("x", [3], "real", [1, 2, 3]);
    const before = await device.read(tensor);
    before[0] = 9;
    device.write(tensor, [4], 1);
    assert.deepEqual(await numbers(device, tensor), [1, 4, 3]);
    assert.deepEqual(Array.from(before), [9, 2, 3]);
  },
);

deviceTest("write: anywhere in a tensor, and nothing else changes", async (device) => {
  for (const dtype of ["real", "f32", "u32"] as const) {
    for (const [offset, count] of [[0, 1], [3, 5], [10, 1], [4, 0]] as const) {
      using tensor = device.tensor("x", [11], dtype, new Array(11).fill(7));
      device.write(tensor, Array.from({ length: count }, (_, i) => i + 1), offset);
      const expected = new Array(11).fill(7);
      for (let i = 0; i < count; i++) expected[offset + i] = i + 1;
      assert.deepEqual(await numbers(device, tensor), expected);
    }
  }
});

deviceTest("write: a part of a longer array", async (device) => {
  const all = Float32Array.from({ length: 9 }, (_, i) => i);
  using tensor = device.tensor("x", [3], "f32");
  device.write(tensor, all.subarray(5, 8));
  assert.deepEqual(await numbers(device, tensor), [5, 6, 7]);
});

deviceTest("write: half floats move in pairs, or up to the tensor's end", async (device) => {
  using tensor = device.tensor("halves", [7], "f16", new Array(7).fill(9));
  device.write(tensor, [1, 2], 2);
  device.write(tensor, Float16Array.of(3, 4, 5), 4);
  assert.deepEqual(await numbers(device, tensor), [9, 9, 1, 2, 3, 4, 5]);
  for (const [offset, count] of [[1, 2], [2, 3], [0, 1]] as const) {
    assert.throws(() => device.write(tensor, new Array(count).fill(0), offset), {
      name: "InputError",
      message: `Cannot write elements ${offset} to ${offset + count - 1} of halves: half floats ` +
        "move in pairs",
    });
  }
  assert.deepEqual(await numbers(device, tensor), [9, 9, 1, 2, 3, 4, 5]);
});

deviceTest("copy: all of a tensor, or a part of it to anywhere", async (device) => {
  for (const dtype of dtypes) {
    using from = device.tensor("from", [7], dtype, [1, 2, 3, 4, 5, 6, 7]);
    using all = device.tensor("all", [7], dtype);
    using part = device.tensor("part", [9], dtype, new Array(9).fill(8));
    device.copy(from, all);
    assert.deepEqual(await numbers(device, all), [1, 2, 3, 4, 5, 6, 7]);
    device.copy(from, part, { fromOffset: 2, toOffset: 4, count: 4 });
    assert.deepEqual(await numbers(device, part), [8, 8, 8, 8, 3, 4, 5, 6, 8]);
    device.copy(from, part, { fromOffset: 4, toOffset: 6 });
    assert.deepEqual(await numbers(device, part), [8, 8, 8, 8, 3, 4, 5, 6, 7]);
    device.copy(from, part, { count: 0 });
    assert.deepEqual(await numbers(device, part), [8, 8, 8, 8, 3, 4, 5, 6, 7]);
  }
});

deviceTest("copy: half floats move in pairs, or up to the end of the target", async (device) => {
  using from = device.tensor("from", [7], "f16", [1, 2, 3, 4, 5, 6, 7]);
  using to = device.tensor("to", [7], "f16");
  const ranges = [
    { fromOffset: 1, toOffset: 0, count: 2 },
    { fromOffset: 0, toOffset: 1, count: 2 },
    { fromOffset: 0, toOffset: 0, count: 3 },
    { fromOffset: 4, toOffset: 2, count: 3 },
  ];
  for (const range of ranges) {
    assert.throws(() => device.copy(from, to, range), {
      name: "InputError",
      message: /half floats move in pairs/,
    });
  }
  device.copy(from, to, { fromOffset: 2, toOffset: 4, count: 3 });
  assert.deepEqual(await numbers(device, to), [0, 0, 0, 0, 3, 4, 5]);
});

deviceTest("dispose: frees at once, twice is harmless, and the tensor is gone", async (device) => {
  const { count, bytes } = device.memory;
  const gone = device.tensor("gone", [4], "real", [1, 2, 3, 4]);
  using kept = device.tensor("kept", [4]);
  assert.equal(device.memory.count, count + 2);
  gone[Symbol.dispose]();
  gone[Symbol.dispose]();
  assert.equal(device.memory.count, count + 1);
  assert.equal(device.memory.bytes, bytes + kept.bytes);
  const error = {
    name: "DeviceError",
    message: "Cannot use tensor gone: it has been disposed",
  };
  assert.throws(() => device.write(gone, [1]), error);
  assert.throws(() => device.copy(gone, kept), error);
  assert.throws(() => device.copy(kept, gone), error);
  assert.throws(() => device.run(sum, { values: gone, out: kept }, { size: 4, at: 0 }), error);
  await assert.rejects(device.read(gone), error);
  await assert.rejects(async () => await device.readAll([{ tensor: gone }]), error);
});

deviceTest("dispose: work that is recorded and not yet submitted still counts", async (device) => {
  using out = device.tensor("out", [3]);
  for (let at = 0; at < 3; at++) {
    using values = device.tensor("values", [5], "real", [1, 2, 3, 4, at]);
    device.run(sum, { values, out }, { size: 5, at });
    using copied = device.tensor("copied", [1], "real", [50]);
    if (at === 1) device.copy(copied, out, { toOffset: 1 });
  }
  assert.deepEqual(await numbers(device, out), [10, 50, 12]);
});

deviceTest(
  "tensor: on another device it is refused, by its label and both names",
  async (device) => {
    using other = new CpuDevice(1e6, undefined);
    using stranger = other.tensor("stranger", [4], "real", [1, 2, 3, 4]);
    using own = device.tensor("own", [4]);
    const error = {
      name: "InputError",
      message:
        `Cannot use tensor "stranger" on the device ${device.name}: it was made by another ` +
        `device, ${other.name}`,
    };
    const { dispatches } = device.counts;
    assert.throws(() => device.write(stranger, [1]), error);
    assert.throws(() => device.copy(stranger, own), error);
    assert.throws(() => device.copy(own, stranger), error);
    await assert.rejects(device.read(stranger), error);
    await assert.rejects(device.readAll([{ tensor: own }, { tensor: stranger }]), error);
    assert.throws(() => device.run(sum, { values: stranger, out: own }, { size: 4, at: 0 }), error);
    assert.throws(() => device.run(sum, { values: own, out: stranger }, { size: 4, at: 0 }), error);
    assert.equal(device.counts.dispatches, dispatches);
    assert.deepEqual(await numbers(other, stranger), [1, 2, 3, 4]);
    assert.deepEqual(await numbers(device, own), [0, 0, 0, 0]);
  },
);

Deno.test("a tensor whose data do not fit is not counted on the CPU", () => {
  const device = new CpuDevice(1e6, undefined);
  assert.throws(() => device.tensor("x", [2], "real", [1, 2, 3]));
  assert.deepEqual([device.memory.count, device.memory.bytes], [0, 0]);
});
