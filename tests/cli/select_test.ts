import assert from "node:assert/strict";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { openNpy } from "../../src/io/numpy/npy.ts";
import { readVector } from "../../src/io/array.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { GOLDEN_FOLDER, loadGolden } from "../select/files.ts";
import { GOLDEN_CASES, type GoldenCase } from "../select/golden.ts";
import { Random } from "../fixture.ts";
import { creel, creelProcess, type Files, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const { features, logits, labeled, ...golden } = await loadGolden("binary_small");
const rows = features.data.length / features.columns;

/** The options of a golden case. */
function optionsOf({ fisher, topClasses, lambda, budget, oversample }: typeof golden): string[] {
  return [
    ...["--fisher", fisher, "--lambda", `${lambda}`, "--budget", `${budget}`],
    ...["--oversample", `${oversample}`, ...(topClasses ? ["--top-classes", `${topClasses}`] : [])],
  ];
}

/** The golden batch in the order in which the forward pass picked it. */
const expected = golden.forward.filter((index) => golden.selected.includes(index));

const csv = (data: ArrayLike<number>, columns: number, header = "") =>
  header +
  Array.from({ length: data.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, k) => data[i * columns + k]).join(",")).join("\n") +
  "\n";

/** The same case in other formats. */
const files: Files = {
  "pool.npy": encodeNpy(features.data, [rows, features.columns]),
  "logits.npy": encodeNpy(logits!.data, [rows, logits!.columns]),
  "labeled.npy": encodeNpy(Int32Array.from(labeled), [labeled.length]),
  "pool.csv": csv(features.data, features.columns),
  "logits.csv": csv(logits!.data, logits!.columns, "a,b,c,d,e,f,g,h,i,j\n"),
  "labeled.csv": csv(labeled, 1),
  "pool.safetensors": encodeSafetensors({
    features: { data: features.data, shape: [rows, features.columns] },
    logits: { data: logits!.data, shape: [rows, logits!.columns] },
  }),
};

for (const name of GOLDEN_CASES) {
  // The larger cases run in tests/select; here the way through the command line is what counts.
  if (["digits_exp2", "digits_full"].includes(name)) continue;
  Deno.test(`creel select ${name}.npz prints the golden batch`, async () => {
    const golden = await loadGolden(name);
    const args = [`${GOLDEN_FOLDER}/${name}.npz`, ...optionsOf(golden), "--device", "cpu"];
    const { status, out, err } = await creel("select", ...args);
    assert.deepEqual([status, err], [0, ""]);
    assert.equal(out, linesOf(golden));
  });
}

function linesOf({ forward, selected }: Pick<GoldenCase, "forward" | "selected">): string {
  return forward.filter((index) => selected.includes(index)).map((index) => `${index}\n`).join("");
}

Deno.test("select picks the same from every format", async () => {
  await withFiles(files, async (folder) => {
    const calls = [
      ["pool.npy", "--logits", "logits.npy", "--labeled", "labeled.npy"],
      ["pool.csv", "--logits", "logits.csv", "--labeled", "labeled.csv"],
      ["pool.safetensors", "--labeled", "labeled.npy"],
      ["pool.npy", "--logits", "logits.csv", "--labeled", "labeled.csv"],
    ];
    for (const call of calls) {
      const args = call.map((arg) => arg.startsWith("--") ? arg : `${folder}/${arg}`);
      const { status, out, err } = await creel(
        "select",
        ...args,
        ...optionsOf(golden),
        ...["--device", "cpu"],
      );
      assert.deepEqual([status, err], [0, ""]);
      assert.equal(out, linesOf(golden), call.join(" "));
    }
  });
});

Deno.test("the same picks come from the program itself, on the device that it finds", async () => {
  const args = ["select", `${GOLDEN_FOLDER}/binary_small.npz`, ...optionsOf(golden)];
  const { status, out } = await creelProcess(args);
  assert.equal(status, 0);
  assert.equal(out, linesOf(golden));
});

const NUMBERS = ["objective", "lambda", "drift", "rebuilds"];

Deno.test("select --json prints one object with the documented keys", async () => {
  const file = `${GOLDEN_FOLDER}/binary_small.npz`;
  const args = [file, ...optionsOf(golden), "--device", "cpu", "--seed", "3", "--json"];
  const { status, out, err } = await creel("select", ...args);
  assert.deepEqual([status, err], [0, ""]);
  assert.equal(out.indexOf("\n"), out.length - 1);
  const report = JSON.parse(out);
  const { bait, seconds, peakBytes, adapter, ...rest } = report;
  assert.match(adapter, /^CPU \(float64(?:, [\w.-]+)?\)$/);
  assert.deepEqual(rest, {
    strategy: "bait",
    budget: golden.budget,
    device: "cpu",
    picks: expected,
    scale: "none",
    seed: 3,
  });
  assert.ok(seconds > 0 && seconds < 60);
  assert.ok(Number.isSafeInteger(peakBytes) && peakBytes > features.data.byteLength);
  assert.deepEqual(
    Object.keys(bait).sort(),
    ["fisher", "forward", "forwardScores", "weighting", ...NUMBERS].sort(),
  );
  assert.deepEqual([bait.fisher, bait.weighting, bait.lambda], ["binary", "reference", 1]);
  assert.deepEqual(bait.forward, golden.forward);
  assert.equal(bait.forwardScores.length, golden.forward.length);
  for (const name of NUMBERS) assert.equal(typeof bait[name], "number", name);
  assert.equal(bait.rebuilds, 0);
});

Deno.test("select --json says which top classes, which head and which scale were used", async () => {
  await withFiles({
    ...files,
    "labels.npy": encodeNpy(Int32Array.from(labeled, (_, i) => i % 4), [labeled.length]),
  }, async (folder) => {
    const pool = [`${folder}/pool.npy`, "--labeled", `${folder}/labeled.npy`, "--json"];
    const labels = ["--labels", `${folder}/labels.npy`, "--budget", "3", "--device", "cpu"];
    const report = async (...args: string[]) => {
      const { status, out, err } = await creel("select", ...pool, ...args);
      assert.deepEqual([status, err], [0, ""]);
      return JSON.parse(out);
    };
    const trained = await report(...labels, "--fisher", "exp");
    assert.deepEqual([trained.bait.fisher, trained.bait.topClasses], ["exp", 2]);
    assert.equal(trained.scale, "standardise");
    assert.deepEqual(Object.keys(trained.head), ["samples", "iterations", "loss"]);
    assert.equal(trained.head.samples, labeled.length);
    assert.equal((await report(...labels, "--scale", "l2")).scale, "l2");
    const margin = await report(...labels, "--strategy", "margin");
    assert.equal(margin.scores.length, 3);
    assert.equal(margin.bait, undefined);
    const random = await report(...labels, "--strategy", "random");
    assert.deepEqual([random.scale, random.head, random.scores], ["none", undefined, undefined]);
  });
});

Deno.test("a file of labels takes the place of the logits in the pool's own file", async () => {
  const one = encodeNpy(Int32Array.from(labeled, (_, i) => i % 2), [labeled.length]);
  await withFiles({ "labels.npy": one }, async (folder) => {
    const args = [
      `${GOLDEN_FOLDER}/binary_small.npz`,
      "--labels",
      `${folder}/labels.npy`,
      "--json",
    ];
    const { out } = await creel("select", ...args, "--budget", "2", "--device", "cpu");
    assert.equal(JSON.parse(out).head.samples, labeled.length);
  });
});

Deno.test("select --out writes the picks as text, .npy or JSON, and stdout stays empty", async () => {
  await withFiles(files, async (folder) => {
    const file = `${GOLDEN_FOLDER}/binary_small.npz`;
    const select = (...more: string[]) =>
      creel("select", file, ...optionsOf(golden), "--device", "cpu", ...more);
    for (const name of ["picks.txt", "picks.npy", "picks.json"]) {
      assert.deepEqual(await select("--out", `${folder}/${name}`), { status: 0, out: "", err: "" });
    }
    assert.equal(await Deno.readTextFile(`${folder}/picks.txt`), linesOf(golden));
    const npy = await openNpy(bytesOf("picks.npy", await Deno.readFile(`${folder}/picks.npy`)));
    assert.deepEqual(Array.from((await readVector(npy)).values), expected);
    const written = JSON.parse(await Deno.readTextFile(`${folder}/picks.json`));
    assert.deepEqual(written.picks, expected);

    const both = await select("--out", `${folder}/both.json`, "--json");
    assert.equal(both.out, await Deno.readTextFile(`${folder}/both.json`));
    await Deno.writeTextFile(`${folder}/picks.txt`, "old\n");
    assert.equal((await select("--out", `${folder}/picks.txt`)).status, 2);
    assert.equal(await Deno.readTextFile(`${folder}/picks.txt`), "old\n");
    assert.equal((await select("--out", `${folder}/picks.txt`, "--force")).status, 0);
    assert.equal(await Deno.readTextFile(`${folder}/picks.txt`), linesOf(golden));
    const added = ["both.json", "picks.json", "picks.npy", "picks.txt"];
    assert.deepEqual(namesIn(folder), [...Object.keys(files), ...added].sort());
  });
});

Deno.test("random picks depend on the seed and on nothing else", async () => {
  await withFiles(files, async (folder) => {
    const random = async (seed: string) => {
      const args = [`${folder}/pool.npy`, "--strategy", "random", "--budget", "20"];
      return (await creel("select", ...args, "--seed", seed, "--device", "cpu")).out;
    };
    const picks = (await random("1")).trim().split("\n").map(Number);
    assert.equal(new Set(picks).size, 20);
    assert.ok(picks.every((index) => index >= 0 && index < rows));
    assert.equal(await random("1"), `${picks.join("\n")}\n`);
    assert.notEqual(await random("2"), `${picks.join("\n")}\n`);
  });
});

Deno.test("select --head scales the features as the head saw them, and tells its weights", async () => {
  await withFiles(learnable, async (folder) => {
    const path = (name: string) => `${folder}/${name}`;
    const cpu = ["--device", "cpu", "--quiet"];
    const known = ["--labels", path("known.npy"), "--labeled", path("labeled.npy")];
    const ask = async (...args: string[]) => {
      const given = ["--budget", "7", "--labeled", path("labeled.npy"), ...args, "--json"];
      const { status, out, err } = await creel("select", path("x.npy"), ...given, ...cpu);
      assert.deepEqual([status, err], [0, ""], args.join(" "));
      return JSON.parse(out);
    };
    for (const scale of ["none", "standardize", "l2"]) {
      const file = path(`${scale}.safetensors`);
      const trained = ["train", path("x.npy"), ...known, "--scale", scale, "--out", file];
      assert.equal((await creel(...trained, ...cpu)).status, 0);
      for (const strategy of ["margin", "mase", "base", "bait"]) {
        const own = await ask("--strategy", strategy, "--scale", scale, ...known.slice(0, 2));
        const headed = await ask("--strategy", strategy, "--head", file);
        // JSON keeps the contract's spelling, and both spellings are taken.
        const written = scale === "standardize" ? "standardise" : scale;
        assert.equal(own.scale, written);
        assert.deepEqual(
          [headed.picks, headed.scale],
          [own.picks, written],
          `${strategy} ${scale}`,
        );
        const same = await ask("--strategy", strategy, "--scale", written, ...known.slice(0, 2));
        assert.deepEqual(same.picks, own.picks);
      }
    }
    const wide = await creel(
      ...["select", path("wide.npy"), "--budget", "1", "--head", path("none.safetensors"), ...cpu],
    );
    assert.equal(wide.status, 2);
    assert.match(
      wide.err,
      /^creel: Cannot use .*: it is for 4 features, and features in .* has 8\n$/,
    );
  });
});

Deno.test("select --member-logits: an ensemble, one file a member", async () => {
  const random = new Random(3);
  const logits = () => encodeNpy(random.normals(60 * 3), [60, 3]);
  const members = { "a.npy": logits(), "b.npy": logits(), "c.npy": logits() };
  await withFiles({ ...learnable, ...members }, async (folder) => {
    const call = async (strategy: string, ...names: string[]) => {
      const files = names.map((name) => `${folder}/${name}.npy`).join(",");
      // With other seeds BADGE may draw the same batch although its members differ.
      const given = [
        "--budget",
        "5",
        "--strategy",
        strategy,
        "--member-logits",
        files,
        "--seed",
        "2",
      ];
      return await creel("select", `${folder}/x.npy`, ...given, "--device", "cpu", "--quiet");
    };
    for (const strategy of ["bald", "margin", "badge", "batch-bald"]) {
      const { status, out, err } = await call(strategy, "a", "b", "c");
      assert.deepEqual([status, err], [0, ""], strategy);
      assert.equal(new Set(out.trim().split("\n")).size, 5);
      assert.notEqual((await call(strategy, "a", "b")).out, out);
    }
    const { status, err } = await call("bald", "a");
    assert.equal(status, 2);
    assert.match(err, /^creel: .*\n$/);
  });
});

Deno.test("select hands the options of strategies on, as flags or behind the name", async () => {
  await withFiles(learnable, async (folder) => {
    const ask = async (...args: string[]) => {
      const given = ["--budget", "6", "--labels", `${folder}/known.npy`, ...args, "--json"];
      const call = ["select", `${folder}/x.npy`, ...given, "--device", "cpu", "--quiet"];
      const { status, out, err } = await creel(...call);
      assert.deepEqual([status, err], [0, ""], args.join(" "));
      return JSON.parse(out).picks as number[];
    };
    // Each option changes the batch, and nothing but that.
    const differs = async (base: string[], ...option: string[]) => {
      const [before, after] = [await ask(...base), await ask(...base, ...option)];
      assert.notDeepEqual(after, before, option.join(" "));
      assert.equal(new Set(after).size, before.length);
      return after;
    };
    // What flags say can be said behind the name.
    const same = async (strategy: string, picks: readonly number[], ...more: string[]) => {
      assert.deepEqual(await ask("--strategy", strategy, ...more), picks, strategy);
    };
    const name = (strategy: string) => ["--strategy", strategy];
    await same("bait(select=topk)", await differs([], "--select", "topk"));
    await same("bait( diagonal )", await differs([], "--diagonal"));
    await same("bait-exp", await differs([], "--fisher", "exp"));
    await same("bait-classes", await differs([], "--fisher", "classes"));
    await differs(name("bait-classes"), "--top-classes", "1");
    await same("bait-exp(top-classes=1)", await differs(name("bait-exp"), "--top-classes", "1"));
    await same(
      "base(rotate)",
      await differs([...name("base"), "--budget", "5"], "--rotate", "--round", "1"),
      ...["--budget", "5", "--round", "1"],
    );
    await same("badge(includeLabeled=true)", await differs(name("badge"), "--include-labeled"));
    await same("falcun(deterministic)", await differs(name("falcun"), "--deterministic"));
    await same("falcun(gamma=0.1)", await differs(name("falcun"), "--gamma", "0.1"));
    await same("max-herding(gamma=30)", await differs(name("max-herding"), "--gamma", "30"));
    await same(
      "uncertainty-herding(temperature=9)",
      await differs(name("uncertainty-herding"), "--temperature", "9"),
    );
    await same(
      "prob-cover(delta=3)",
      await differs([...name("prob-cover"), "--delta", "1"], "--delta", "3"),
    );
    await same(
      "cluster-margin(clusters=9)",
      await differs(name("cluster-margin"), "--clusters", "9"),
    );
    await same("margin(members=3)", await differs(name("margin"), "--members", "3"));
    await same("bald(dropout=0.2)", await differs(name("bald"), "--dropout", "0.2"));
    await same("margin(candidates=9)", await differs(name("margin"), "--candidates", "9"));
    await same("margin(partitions=3)", await differs(name("margin"), "--partitions", "3"));
    // A flag and an option behind the name come together.
    const both = ["--strategy", "falcun(gamma=0.1)", "--deterministic"];
    assert.deepEqual(
      await ask(...both),
      await ask("--strategy", "falcun(gamma=0.1,deterministic)"),
    );
  });
});
