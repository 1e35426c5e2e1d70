import assert from "node:assert/strict";
import { openDevice } from "../../src/device/open.ts";
import { classCountOf } from "../../src/cli/simulate/input.ts";
import { loadHead } from "../../src/head/save.ts";
import { creel, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const CPU = ["--device", "cpu", "--quiet"];

Deno.test("creel train writes a head that can be loaded, and says what it is worth", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/head.safetensors`;
    const call = ["train", `${folder}/pool.npz`, "--test-share", "0.25", "--out", out, ...CPU];
    const { status, out: text, err } = await creel(...call, "--json");
    assert.deepEqual([status, err], [0, ""]);
    const result = JSON.parse(text);
    assert.deepEqual(
      [result.head, result.task, result.samples, result.classes, result.columns, result.scale],
      ["linear", "classification", 45, 3, 4, "standardise"],
    );
    assert.ok(result.train.accuracy > 0.7 && result.test.accuracy > 0.5);
    using device = await openDevice({ device: "cpu" });
    using head = await loadHead(device, Deno.readFileSync(out));
    assert.deepEqual([head.kind, head.classes, head.columns], ["linear", 3, 4]);
    assert.equal(head.columnScale?.shift.length, 4);

    const again = await creel(...call);
    assert.deepEqual([again.status, again.out], [2, ""]);
    assert.match(again.err, /it exists, and --force replaces it\n$/);
    const forced = await creel(...call, "--force");
    assert.match(forced.out, /^Trained a linear head .*\ntrain +accuracy .*\ntest +accuracy .*\n$/);
  });
});

Deno.test("labels of the labeled rows, an MLP, targets, and a test file scaled like the pool", async () => {
  await withFiles(learnable, async (folder) => {
    const train = async (...args: string[]) => {
      const words = args.map((word) => word.replace("@", `${folder}/`));
      const out = ["--out", `${folder}/h.safetensors`, "--force", "--json"];
      const { status, out: text, err } = await creel("train", ...words, ...out, ...CPU);
      assert.deepEqual([status, err], [0, ""], args.join(" "));
      return JSON.parse(text);
    };
    const some = await train("@x.npy", "--labels", "@labels.npy", "--labeled", "@labeled.npy");
    assert.equal(some.samples, 20);
    assert.equal((await train("@x.npy", "--labels", "@known.npy")).samples, 40);
    const mlp = await train("@pool.npz", "--head", "mlp", "--hidden", "8", "--epochs", "4");
    assert.deepEqual([mlp.head, mlp.optimizer, mlp.test], ["mlp", "adamw", undefined]);
    const values = await train("@values.npz");
    assert.equal(values.task, "regression");
    assert.ok(values.train.r2 > 0.99);
    // The pool as its own test set: the same scores, because it is scaled the same way.
    for (const scale of ["none", "standardize", "l2"]) {
      const same = await train("@pool.npz", "--test", "@pool.npz", "--scale", scale);
      assert.ok(Math.abs(same.test.nll - same.train.nll) < 1e-5, scale);
    }
  });
});

Deno.test("the number of classes is that of all labels, however many there are", () => {
  const labels = new Int32Array(200_000).map((_, row) => row % 7);
  assert.equal(classCountOf({ truth: labels }), 7);
  assert.equal(classCountOf({ truth: labels }, { truth: [] }, { truth: [9] }), 10);
});

Deno.test("what creel train cannot do is one sentence, and nothing is written", async () => {
  await withFiles(learnable, async (folder) => {
    const before = namesIn(folder);
    const cases = [
      ["@pool.npz", "Missing --out: the file for the head"],
      ["@pool.npz --out @h.npy", "Cannot write @h.npy: a head is a .safetensors file"],
      ["@x.npy --out @h.safetensors", "Missing --labels: @x.npy has neither labels nor targets"],
      [
        "@x.npy --labels @half.npy --out @h.safetensors",
        "Cannot use 30 labels: 60 are needed, one for each sample",
      ],
      [
        "@x.npy --labels @half.npy --labeled @labeled.npy --out @h.safetensors",
        "Cannot use 30 labels: 60 are needed, one for each sample, or 20, one for each labeled sample",
      ],
      [
        "@pool.npz --head linear --hidden 5 --out @h.safetensors",
        "Option --hidden is for --head mlp: found --head linear",
      ],
      [
        "@pool.npz --test-share 2 --out @h.safetensors",
        "Option --test-share must be above 0 and below 1: found 2",
      ],
      [
        "@pool.npz --out @a/h.safetensors",
        "Cannot write @a/h.safetensors: the folder @a does not exist",
      ],
    ] as const;
    for (const [args, sentence] of cases) {
      const words = args.split(" ").map((word) => word.replace("@", `${folder}/`));
      assert.deepEqual(await creel("train", ...words, "--device", "cpu"), {
        status: 2,
        out: "",
        err: `creel: ${sentence.replaceAll("@", `${folder}/`)}\n`,
      });
    }
    assert.deepEqual(namesIn(folder), before);
  });
});
