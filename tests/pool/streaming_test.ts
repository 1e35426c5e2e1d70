import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zipSync } from "fflate";
import type { Device } from "../../src/device/device.ts";
import { openDevice } from "../../src/device/open.ts";
import { decodeHalves, encodeHalves } from "../../src/half-floats.ts";
import { openMatrix } from "../../src/io/dataset.ts";
import { encodeNpy, npyHeader } from "../../src/io/numpy/npy.ts";
import { arrayRows, type RowSource } from "../../src/io/rows.ts";
import { Pool, type PoolOptions } from "../../src/pool/pool.ts";
import { logitsPredictor } from "../../src/pool/predictions.ts";
import { runStrategy } from "../../src/select/run-strategy.ts";
import { findBlas } from "../../src/kernels/blas/open-blas.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { creel } from "../cli/creel.ts";
import { hasAdapter, Random } from "../fixture.ts";
import { inFolder } from "../io/fixtures.ts";

const [ROWS, COLUMNS, CLASSES] = [1_400, 60, 3] as const;
const features = new Random(7).normals(ROWS * COLUMNS);
const again = arrayRows("features", features, COLUMNS);
const { readSync: _, ...once } = again;

/** Opens a device that has room for `bytes` while a pool is made, and for much afterwards. */
async function tightDevice(kind: Kind, bytes: number, notes: string[] = []) {
  const device = await openDevice({
    ...choiceOf(kind),
    memoryBudget: 2e8,
    onNote: (text) => notes.push(text),
  });
  return {
    device,
    async pool(source: RowSource, options?: PoolOptions): Promise<Pool> {
      const taken = 2e8 - bytes - device.memory.bytes;
      const ballast = [0.5, 0.5].map((share) => device.tensor("", [share * taken / 4], "u32"));
      try {
        return await Pool.from(device, source, options);
      } finally {
        ballast.forEach((tensor) => tensor.dispose());
      }
    },
    [Symbol.dispose]: () => device[Symbol.dispose](),
  };
}

type Kind = Device["kind"] | "blas";

function choiceOf(kind: Kind) {
  return { device: kind === "blas" ? "cpu" : kind, blas: kind === "blas" } as const;
}

/** Registers a test for each kind of device. */
function streamingTest(name: string, test: (kind: Kind) => Promise<void>): void {
  for (const kind of ["cpu", "blas", "webgpu"] as const) {
    const ignore = (kind === "webgpu" && !hasAdapter) || (kind === "blas" && !findBlas());
    Deno.test({ name: `streaming: ${name} (${kind})`, ignore, fn: () => test(kind) });
  }
}

Deno.test("streaming: from files, and what cannot be read again is refused on the CPU", async () => {
  const shape = [ROWS, COLUMNS];
  const files = {
    "pool.npy": encodeNpy(features, shape),
    "pool.npy.gz": gzipSync(encodeNpy(features, shape)),
    "pool.npz": zipSync({ "features.npy": [encodeNpy(features, shape), { level: 0 }] }),
    "pool.safetensors": encodeSafetensors({ features: { data: features, shape } }),
  };
  using whole = await openDevice({ device: "cpu" });
  using pool = await Pool.from(whole, again);
  const expected = await rowsOf(pool);
  using tight = await tightDevice("cpu", 250_000);
  await inFolder(async (folder) => {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(join(folder, name), bytes);
      await using source = await openMatrix(join(folder, name));
      using streamed = await tight.pool(source);
      assert.ok(streamed.streamed, name);
      assert.deepEqual(await rowsOf(streamed), expected, name);
      assert.deepEqual(await rowsOf(streamed), expected, `${name} again`);
    }
  });
  await assert.rejects(tight.pool(once), {
    name: "DeviceError",
    message: "Cannot stream features, 358 kB, with 250 kB of memory on the CPU device: it cannot " +
      "be read block by block again, but a .npy file can",
  });
});

Deno.test("streaming: the command line says so on stderr, and picks the same", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "pool.npy");
    await Deno.writeFile(path, encodeNpy(features, [ROWS, COLUMNS]));
    const select = (...flags: string[]) =>
      creel("select", path, "--strategy", "coreset", "--budget", "5", "--device", "cpu", ...flags);
    const whole = await select();
    const streamed = await select("--memory", "300kB");
    assert.deepEqual([streamed.status, streamed.out], [0, whole.out]);
    assert.equal(
      streamed.err,
      `Streaming features in ${path}, 358 kB, in 6 blocks once a pick: the device has room for ` +
        "300 kB\n",
    );
  });
});

async function rowsOf(pool: Pool): Promise<Float64Array> {
  const all = new Float64Array(pool.rows * pool.stride);
  for (const { features, base } of pool.blocks) {
    all.set(await pool.device.read(features), base * pool.stride);
  }
  return all;
}

streamingTest("half floats in a file are uploaded as they are", async (kind) => {
  const columns = 64;
  const halves = encodeHalves(features.subarray(0, 1_300 * columns));
  const header = npyHeader("<f2", [1_300, columns]);
  await inFolder(async (folder) => {
    const path = join(folder, "pool.npy");
    await Deno.writeFile(path, new Blob([header, halves]).stream());
    await using source = await openMatrix(path);
    assert.ok(source.readHalvesSync);
    using whole = await openDevice(choiceOf(kind));
    using pool = await Pool.from(whole, source, { storage: "f16" });
    using small = await openDevice({ ...choiceOf(kind), memoryBudget: 150_000 });
    using streamed = await Pool.from(small, source, { storage: "f16" });
    assert.ok(streamed.streamed);
    assert.deepEqual(await rowsOf(streamed), await rowsOf(pool));
    assert.deepEqual([...(await rowsOf(pool)).slice(0, 64)], [
      ...decodeHalves(halves.slice(0, 64)),
    ]);
  });
});

streamingTest("the rows are those of a pool held whole, and nothing is left", async (kind) => {
  using whole = await openDevice(choiceOf(kind));
  const sources = kind === "webgpu" ? [again, once] : [again];
  for (const storage of ["f32", "f16"] as const) {
    for (const scale of ["none", "standardize", "l2"] as const) {
      using pool = await Pool.from(whole, again, { storage, scale });
      using unit = pool.normalized();
      for (const source of sources) {
        const memoryBudget = storage === "f32" ? 300_000 : 150_000;
        using small = await openDevice({ ...choiceOf(kind), memoryBudget });
        {
          using streamed = await Pool.from(small, source, { storage, scale });
          assert.ok(streamed.blocks.length > 2);
          assert.deepEqual(await rowsOf(streamed), await rowsOf(pool), `${storage} ${scale}`);
          assert.equal(streamed.largest, pool.largest);
          using streamedUnit = streamed.normalized();
          streamed.dispose();
          assert.deepEqual(await rowsOf(streamedUnit), await rowsOf(unit), "normalized");
        }
        await small.idle();
        assert.deepEqual([small.memory.count, small.memory.bytes], [0, 0]);
        assert.ok(small.memory.peak <= memoryBudget);
      }
    }
  }
});

const STRATEGIES = [
  "bait(fisher=binary)",
  "bait(fisher=exp)",
  "margin",
  "coreset",
  "badge",
  "cal",
];

streamingTest("every strategy picks what it picks from a pool held whole", async (kind) => {
  const notes: string[] = [];
  using whole = await openDevice(choiceOf(kind));
  using tight = await tightDevice(kind, 300_000, notes);
  const options = {
    budget: 12,
    labeled: [3, 700, 1_150, 1_399],
    labels: [0, 1, 2, 0],
    predictor: logitsPredictor(arrayRows("", new Random(8).normals(ROWS * CLASSES), CLASSES)),
    seed: 5,
  };
  using pool = await Pool.from(whole, again);
  using streamed = await tight.pool(again);
  for (const strategy of STRATEGIES) {
    const { picks } = await runStrategy(pool, strategy, options);
    assert.deepEqual((await runStrategy(streamed, strategy, options)).picks, picks, strategy);
  }
  assert.deepEqual(notes, [
    "Streaming features, 358 kB, in 6 blocks once a pick: the device has room for 300 kB",
  ]);
});
