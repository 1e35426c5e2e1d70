import assert from "node:assert/strict";
import { CpuDevice } from "../../src/device/cpu.ts";
import type { Device } from "../../src/device/device.ts";
import { arrayRows, type RowSource } from "../../src/io/rows.ts";
import { Pool, type PoolOptions, ROW_UNIT } from "../../src/pool/pool.ts";
import { assertClose, deviceTest, numbers, Random, withLimits } from "../fixture.ts";

/** A device whose bindings hold just so many blocks of 256 rows. */
function blocksOf(device: Device, units: number, rowBytes: number): Device {
  return withLimits(device, { bindingBytes: units * ROW_UNIT * rowBytes + 100 });
}

/** All rows of a pool, padding included. */
async function rowsOf(pool: Pool): Promise<number[]> {
  const blocks = [];
  for (const { features } of pool.blocks) blocks.push(...await numbers(pool.device, features));
  return blocks;
}

/** Rows padded with zeros to a multiple of 8. */
function padded(values: ArrayLike<number>, columns: number): number[] {
  const stride = Math.ceil(columns / 8) * 8;
  return Array.from(
    { length: values.length / columns * stride },
    (_, e) => e % stride < columns ? values[Math.floor(e / stride) * columns + e % stride]! : 0,
  );
}

async function poolOf(
  device: Device,
  values: Float32Array,
  columns: number,
  options: PoolOptions = {},
): Promise<Pool> {
  return await Pool.from(device, arrayRows("features", values, columns), options);
}

deviceTest("pool: rows arrive as they are, padded with zeros", async (device) => {
  const random = new Random(1);
  for (const [rows, columns] of [[1, 1], [37, 5], [301, 8], [700, 13], [3, 64]] as const) {
    const values = random.normals(rows * columns);
    using pool = await poolOf(device, values, columns);
    assert.deepEqual([pool.rows, pool.columns], [rows, columns]);
    assert.equal(pool.stride, Math.ceil(columns / 8) * 8);
    assert.deepEqual(await rowsOf(pool), padded(values, columns));
  }
});

deviceTest("pool: as many blocks as bindings are needed", async (device) => {
  const random = new Random(2);
  for (const columns of [8, 5]) {
    const values = random.normals(700 * columns);
    for (const [units, expected] of [[1, [256, 256, 188]], [2, [512, 188]], [9, [700]]] as const) {
      using pool = await poolOf(blocksOf(device, units, 32), values, columns);
      assert.deepEqual(pool.blocks.map((block) => block.rows), expected);
      assert.deepEqual(
        pool.blocks.map((block) => block.base),
        [0, ...expected].slice(0, -1).map(
          (_, i) => expected.slice(0, i).reduce((a: number, b) => a + b, 0),
        ),
      );
      assert.deepEqual(await rowsOf(pool), padded(values, columns));
    }
  }
});

deviceTest("pool: a block of many chunks", async (device) => {
  // 4 MiB travel at a time: 1,024 rows of 1,024 features, of which here are 2,053.
  const [rows, columns] = [2053, 1021];
  const values = Float32Array.from({ length: rows * columns }, (_, e) => e);
  using pool = await poolOf(device, values, columns);
  const [block] = pool.blocks;
  for (const row of [0, 1023, 1024, 2047, 2052]) {
    const stored = await numbers(device, block!.features, row * 1024, 1024);
    assert.deepEqual(stored, padded(values.subarray(row * columns, (row + 1) * columns), columns));
  }
});

deviceTest(
  "pool: half floats take half the room and are rounded to the nearest",
  async (device) => {
    const values = new Random(3).normals(301 * 5);
    using pool = await poolOf(device, values, 5, { storage: "f16" });
    assert.equal(pool.blocks[0]!.features.bytes, 301 * 8 * 2);
    assert.deepEqual(await rowsOf(pool), padded(Float16Array.from(values), 5));
    using twice = await poolOf(blocksOf(device, 1, 16), values, 5, { storage: "f16" });
    assert.equal(twice.blocks.length, 2);
    assert.deepEqual(await rowsOf(twice), padded(Float16Array.from(values), 5));
  },
);

deviceTest("pool: what half floats cannot hold is refused, with its place", async (device) => {
  const values = new Float32Array(300 * 3).fill(65504);
  await (await poolOf(device, values, 3, { storage: "f16" }))[Symbol.dispose]();
  values[271 * 3 + 2] = -65536;
  await assert.rejects(poolOf(device, values, 3, { storage: "f16" }), {
    name: "InputError",
    message: "Cannot store features as f16: -65536 at row 271, column 2 is above 65504",
  });
});

deviceTest(
  "pool: a feature that is no number is refused, and nothing stays behind",
  async (device) => {
    const values = new Float32Array(700 * 8);
    values[650 * 8 + 3] = NaN;
    for (const storage of ["f32", "f16"] as const) {
      await assert.rejects(poolOf(blocksOf(device, 1, 32), values, 8, { storage }), {
        name: "InputError",
        message: "Cannot use features: NaN at row 650, column 3",
      });
    }
  },
);

deviceTest("pool: an unknown scale or storage, and rows too wide for a binding", async (device) => {
  const values = new Float32Array(9);
  const refuses = (options: unknown, message: string) =>
    assert.rejects(poolOf(device, values, 3, options as PoolOptions), {
      name: "InputError",
      message,
    });
  await refuses({ scale: "max" }, "Unknown scale max: use none, standardize, l2");
  await refuses({ storage: "f64" }, "Unknown storage f64: use f32 or f16");
  await assert.rejects(poolOf(withLimits(device, { bindingBytes: 8191 }), values, 3), {
    name: "InputError",
    message: "Cannot hold rows of 3 features: 256 of them must fit in one binding of 8191 bytes",
  });
});

deviceTest(
  "pool: standardized columns have mean 0 and deviation 1, constant ones are 0",
  async (device) => {
    const [rows, columns] = [700, 5];
    const values = new Random(4).normals(rows * columns, 7)
      .map((value, e) => e % columns === 2 ? 0.1 : value + 100 * (e % columns));
    for (const [storage, absolute] of [["f32", 2e-5], ["f16", 0.02]] as const) {
      const small = blocksOf(device, 1, storage === "f16" ? 16 : 32);
      using pool = await poolOf(small, values, columns, { storage, scale: "standardize" });
      assert.equal(pool.blocks.length, 3);
      const all = await rowsOf(pool);
      for (let f = 0; f < 8; f++) {
        const column = all.filter((_, e) => e % 8 === f);
        const mean = column.reduce((a, b) => a + b) / rows;
        const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rows);
        const constant = f === 2 || f >= columns;
        assertClose([mean, deviation], [0, constant ? 0 : 1], { absolute, relative: 0 });
        if (constant && storage === "f32") assertClose(column, new Array(rows).fill(0));
      }
      const { shift, factor } = pool.columnScale!;
      const expected = values.map((x, e) => (x - shift[e % columns]!) * factor[e % columns]!);
      assertClose(all, padded(expected, columns), { absolute: absolute * 20, relative: 1e-5 });
    }
  },
);

deviceTest("pool: without standardizing there is no column scale", async (device) => {
  using pool = await poolOf(device, new Float32Array(6), 2, { scale: "l2" });
  assert.equal(pool.columnScale, undefined);
});

deviceTest("pool: rows of length 1, rows of zeros stay", async (device) => {
  const [rows, columns] = [301, 5];
  const values = new Random(5).normals(rows * columns, 4);
  values.fill(0, 260 * columns, 261 * columns);
  for (const [storage, absolute] of [["f32", 1e-6], ["f16", 2e-3]] as const) {
    const small = blocksOf(device, 1, storage === "f16" ? 16 : 32);
    using pool = await poolOf(small, values, columns, { storage, scale: "l2" });
    assert.equal(pool.blocks.length, 2);
    const expected = values.slice();
    for (let at = 0; at < values.length; at += columns) {
      const length = Math.hypot(...values.subarray(at, at + columns)) || 1;
      for (let f = 0; f < columns; f++) expected[at + f]! /= length;
    }
    assertClose(await rowsOf(pool), padded(expected, columns), { absolute });
  }
});

deviceTest(
  "pool: half floats are rounded after the scaling, so that small spreads far from 0 survive",
  async (device) => {
    const [rows, columns] = [700, 5];
    // Around 100 half floats lie 1/16 apart: rounded first, a spread of 0.1 would leave a few
    // values.
    const values = new Random(7).normals(rows * columns).map((value) => 100 + 0.1 * value);
    const small = blocksOf(device, 1, 16);
    using pool = await poolOf(small, values, columns, { storage: "f16", scale: "standardize" });
    using exact = await poolOf(device, values, columns, { scale: "standardize" });
    assert.deepEqual(pool.columnScale, exact.columnScale);
    const { shift, factor } = pool.columnScale!;
    const scaled = values.map((x, e) => (x - shift[e % columns]!) * factor[e % columns]!);
    assert.deepEqual(await rowsOf(pool), padded(Float16Array.from(scaled), columns));
    const first = (await rowsOf(pool)).filter((_, e) => e % 8 === 0);
    assert.ok(new Set(first).size > 600, `${new Set(first).size} distinct values of ${rows}`);
  },
);

deviceTest(
  "pool: what half floats cannot hold may be scaled into what they can",
  async (device) => {
    const values = new Random(8).normals(300 * 3);
    const large = values.map((value) => 1e6 * value);
    const tiny = values.map((value) => 1e-9 * value);
    for (const scale of ["standardize", "l2"] as const) {
      using expected = await poolOf(device, values, 3, { storage: "f16", scale });
      for (const factored of [large, tiny]) {
        using pool = await poolOf(device, factored, 3, { storage: "f16", scale });
        assertClose(await rowsOf(pool), await rowsOf(expected), { relative: 2 ** -10 });
      }
    }
  },
);

deviceTest(
  "pool: a source is read once, and twice only to standardize half floats",
  async (device) => {
    const source = arrayRows("features", new Random(9).normals(700 * 5), 5);
    let read = 0;
    const counting: RowSource = {
      ...source,
      async read(start, target) {
        read += target.length / 5;
        await source.read(start, target);
      },
    };
    for (const storage of ["f32", "f16"] as const) {
      for (const scale of ["none", "l2", "standardize"] as const) {
        read = 0;
        using _pool = await Pool.from(blocksOf(device, 1, 32), counting, { storage, scale });
        const twice = storage === "f16" && scale === "standardize";
        assert.equal(read, twice ? 1400 : 700, `${storage}, ${scale}`);
      }
    }
  },
);

deviceTest(
  "pool: segments are multiples of 256 rows, and none spans two blocks",
  async (device) => {
    using pool = await poolOf(blocksOf(device, 3, 32), new Float32Array(1901 * 5), 5);
    assert.deepEqual(pool.blocks.map(({ rows }) => rows), [768, 768, 365]);
    const expected: Record<number, number[]> = {
      1: [256, 256, 256, 256, 256, 256, 256, 109],
      511: [256, 256, 256, 256, 256, 256, 256, 109],
      512: [512, 256, 512, 256, 365],
      1e9: [768, 768, 365],
    };
    for (const [most, lengths] of Object.entries(expected)) {
      const segments = pool.segments(Number(most));
      assert.deepEqual(segments.map(({ rows }) => rows), lengths);
      let base = 0;
      for (const segment of segments) {
        assert.equal(segment.base, base);
        const block = pool.blocks.find(({ features }) => features === segment.features)!;
        assert.equal(block.base + segment.offset, base);
        assert.equal(segment.stride, 8);
        base += segment.rows;
      }
      assert.equal(base, 1901);
    }
  },
);

deviceTest("pool: gathers rows across blocks, in the order of the indices", async (device) => {
  const random = new Random(6);
  const values = random.normals(1100 * 5);
  for (const storage of ["f32", "f16"] as const) {
    const small = blocksOf(device, 1, storage === "f16" ? 16 : 32);
    using pool = await poolOf(small, values, 5, { storage });
    const picks = random.distinct(700, 1100);
    using index = device.tensor("index", [700], "u32", picks);
    const stored = storage === "f16" ? Float16Array.from(values) : values;
    for (const count of [1, 37, 613]) {
      using chosen = pool.gather(index, count);
      assert.deepEqual([chosen.rows, chosen.columns, chosen.stride], [count, 5, 8]);
      assert.equal(chosen.blocks.length, Math.ceil(count / 256));
      assert.equal(chosen.blocks[0]!.features.dtype, storage);
      const expected = picks.slice(0, count).flatMap((i) => [...stored.slice(5 * i, 5 * i + 5)]);
      assert.deepEqual(await rowsOf(chosen), padded(expected, 5));
    }
  }
});

deviceTest("pool: a sample may be gathered twice", async (device) => {
  using pool = await poolOf(device, Float32Array.of(1, 2, 3, 4, 5, 6), 2);
  using index = device.tensor("index", [3], "u32", [2, 0, 2]);
  using chosen = pool.gather(index, 3);
  assert.deepEqual(await rowsOf(chosen), padded([5, 6, 1, 2, 5, 6], 2));
});

Deno.test("pool: beyond the memory budget the device says so, and nothing stays behind", async () => {
  // Room for one of three blocks: not enough for them to take turns.
  using device = new CpuDevice(256 * 32 + 100, undefined);
  await assert.rejects(poolOf(blocksOf(device, 1, 32), new Float32Array(700 * 8), 8), {
    name: "DeviceError",
    message: /^Cannot allocate 8.2 kB for features in use: /,
  });
  assert.deepEqual([device.memory.count, device.memory.bytes], [0, 0]);
});

deviceTest("pool: options that it does not have are refused", async (device) => {
  const source = arrayRows("features", [[1], [2]]);
  await assert.rejects(() => Pool.from(device, source, { dtype: "f16" } as PoolOptions), {
    name: "InputError",
    message: "Unknown option dtype of Pool.from: it has storage, scale, streaming",
  });
});

deviceTest("pool: what is no row source is refused", async (device) => {
  for (const source of [{ data: Float32Array.of(1, 2), columns: 1 }, [[1], [2]], undefined]) {
    await assert.rejects(() => Pool.from(device, source as unknown as RowSource), {
      name: "InputError",
      message: "Pool.from needs a row source: for a matrix in memory, " +
        'use arrayRows("features", data, columns)',
    });
  }
});
