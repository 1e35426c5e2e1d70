import assert from "node:assert/strict";
import { creel, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const CALL = [
  ...["--strategies", "bait-binary,random", "--seeds", "2", "--initial", "3", "--rounds", "2"],
  ...["--budget", "4", "--device", "cpu", "--quiet"],
];
const FILES = ["curves.csv", "curves.svg", "report.html", "runs", "settings.json", "summary.json"];

const read = (path: string) => Deno.readTextFileSync(path);

/** A folder's results without the seconds. */
function timeless(folder: string): unknown[] {
  const summary = JSON.parse(read(`${folder}/summary.json`), (key, value) => {
    return key === "seconds" ? undefined : value;
  });
  const csv = read(`${folder}/curves.csv`).split("\n").map((row) => row.split(",").slice(0, -2));
  return [summary, csv, read(`${folder}/curves.svg`), read(`${folder}/settings.json`)];
}

Deno.test("creel simulate writes curves, a summary, a figure and a page", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    const { status, out: text, err } = await creel(
      ...["simulate", `${folder}/pool.npz`, "--out", out, ...CALL],
    );
    assert.deepEqual([status, err], [0, ""]);
    assert.match(
      text,
      /^Strategy +AULC, % .*\n(bait-binary|random) .*\n(bait-binary|random) .*\n$/,
    );
    assert.deepEqual(namesIn(out), FILES);
    assert.equal(namesIn(`${out}/runs`).length, 4);
    const summary = JSON.parse(read(`${out}/summary.json`));
    assert.equal(summary.metric, "accuracy");
    assert.deepEqual(summary.settings.rounds, 2);
    assert.deepEqual(Object.keys(summary.strategies), ["bait-binary", "random"]);
    const bait = summary.strategies["bait-binary"];
    assert.deepEqual(bait.seeds, [0, 1]);
    assert.deepEqual(bait.accuracy.map(({ labels }: { labels: number }) => labels), [3, 7, 11]);
    for (const { mean, se } of [bait.aulc, ...bait.accuracy]) {
      assert.ok(mean > 0 && mean <= 1 && se >= 0);
    }
    assert.ok(Number.isFinite(bait.labelSavings.saved.low));
    assert.ok(bait.seconds.selection.mean > 0 && bait.seconds.training.mean > 0);
    assert.ok(bait.classBalance.entropy.mean > 0);
    // Paired: what is measured before the first choice is the same for both.
    assert.deepEqual(bait.accuracy[0], summary.strategies.random.accuracy[0]);
    assert.equal(read(`${out}/curves.csv`).trim().split("\n").length, 1 + 2 * 2 * 3);
    assert.match(read(`${out}/curves.svg`), /^<svg .*<\/svg>$/s);
    const page = read(`${out}/report.html`);
    assert.match(page, /<svg .*<b>.*<h2>Settings<\/h2>/s);
    assert.doesNotMatch(page, /src=|href="http|@import/);
  });
});

Deno.test("killed and started again it goes on, and the result is the same", async () => {
  await withFiles(learnable, async (folder) => {
    const call = (out: string) => ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    const [whole, broken] = [`${folder}/whole`, `${folder}/broken`];
    await creel(...call(whole));
    const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", main, ...call(broken)],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const first = `${broken}/runs/bait-binary-seed0.json`;
    const finished = () => {
      try {
        return read(first);
      } catch {
        return undefined;
      }
    };
    while (finished() === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill("SIGKILL");
    await child.status;
    // However fast it was, at least one run is missing when it goes on.
    for (const name of namesIn(`${broken}/runs`)) {
      if (name.includes("seed1")) Deno.removeSync(`${broken}/runs/${name}`);
    }
    const before = finished();
    const { status, out, err } = await creel(...call(broken).filter((word) => word !== "--quiet"));
    assert.equal(status, 0);
    assert.match(err, /^Going on in .*: [12] of 4 runs are there$/m);
    assert.match(out, /bait-binary/);
    assert.equal(finished(), before, "a finished run is kept");
    assert.deepEqual(timeless(broken), timeless(whole));
  });
});

Deno.test("more seeds and strategies go on from what is there; --json prints the summary", async () => {
  await withFiles(learnable, async (folder) => {
    const call = ["simulate", `${folder}/pool.npz`, "--out", `${folder}/out`, ...CALL, "--json"];
    await creel(...call);
    const kept = read(`${folder}/out/runs/random-seed0.json`);
    const { out } = await creel(...call, "--strategies", "random,margin", "--seeds", "3");
    assert.deepEqual(Object.keys(JSON.parse(out).strategies), ["random", "margin"]);
    assert.equal(out, read(`${folder}/out/summary.json`));
    assert.equal(read(`${folder}/out/runs/random-seed0.json`), kept);
    assert.equal(namesIn(`${folder}/out/runs`).length, 7 + 1);
  });
});

Deno.test("a folder of other settings is refused, and started over with --force", async () => {
  await withFiles(learnable, async (folder) => {
    const out = `${folder}/out`;
    const call = ["simulate", `${folder}/pool.npz`, "--out", out, ...CALL];
    await creel(...call);
    const before = timeless(out);
    assert.deepEqual(await creel(...call, "--budget", "5"), {
      status: 2,
      out: "",
      err:
        `creel: Cannot go on in ${out}: its runs have budget 4, and this call has 5 (take another ` +
        "--out, or --force to start over)\n",
    });
    assert.deepEqual(timeless(out), before);
    const forced = await creel(...call, "--budget", "5", "--force");
    assert.equal(forced.status, 0);
    assert.equal(JSON.parse(read(`${out}/settings.json`)).budget, 5);
    assert.equal(namesIn(`${out}/runs`).length, 4);
  });
});

Deno.test("real-valued targets: the curves are errors", async () => {
  await withFiles(learnable, async (folder) => {
    for (
      const pool of [["values.npz"], ["x.npy", "--targets", `${folder}/targets.npy`]]
    ) {
      const { status, out } = await creel(
        ...[
          "simulate",
          `${folder}/${pool[0]}`,
          ...pool.slice(1),
          "--out",
          `${folder}/${pool[0]}.d`,
        ],
        ...[...CALL.slice(2), "--json"],
      );
      assert.equal(status, 0);
      const { metric, strategies } = JSON.parse(out);
      assert.equal(metric, "rmse");
      assert.deepEqual(Object.keys(strategies), ["bait-regression", "random"]);
      assert.ok(strategies.random.rmse[2].mean < strategies.random.rmse[0].mean);
    }
  });
});

Deno.test("a test file, a subset and an MLP", async () => {
  await withFiles(learnable, async (folder) => {
    const { status, out } = await creel(
      ...["simulate", `${folder}/x.npy`, "--labels", `${folder}/labels.npy`],
      ...["--test", `${folder}/pool.npz`, "--subset", "30", "--head", "mlp", "--hidden", "8"],
      ...["--epochs", "3", "--out", `${folder}/out`, ...CALL, "--json"],
    );
    assert.equal(status, 0);
    const { settings } = JSON.parse(out);
    assert.deepEqual(
      [settings.subset, settings.testRows, settings.testShare, settings.head, settings.hidden],
      [30, 60, null, "mlp", "8"],
    );
  });
});

/** Arguments after `simulate` (@ is the folder), and the sentence. */
const wrong: readonly (readonly [args: string, sentence: string])[] = [
  ["@pool.npz", "Missing --out: the folder for the results"],
  ["@pool.npz --out @a/b", "Cannot write to @a/b: the folder @a does not exist"],
  ["@pool.npz --out @file", "Cannot write to @file: it is not a folder"],
  ["@x.npy --out @o", "Missing --labels: @x.npy has neither labels nor targets"],
  [
    "@x.npy --labels @half.npy --out @o",
    "Cannot use @half.npy: it has 30 labels, and @x.npy has 60 rows",
  ],
  [
    "@x.npy --labels @known.npy --out @o",
    "Cannot use @known.npy: row 40 is unlabeled (-1), and every row needs a class from 0",
  ],
  [
    "@x.npy --labels @labels.npy --targets @targets.npy --out @o",
    "Give --labels or --targets, not both",
  ],
  ["@x.npy --targets @nan.npy --out @o", "Cannot use targets in @nan.npy: NaN at row 3"],
  [
    "@pool.npz --strategies bait-binry,random --out @o",
    "Unknown strategy bait-binry: did you mean bait-binary?",
  ],
  ["@pool.npz --strategies random,random --out @o", "Strategy random is given twice"],
  [
    "@pool.npz --out @o",
    "Cannot label 210 samples (10 + 20 x 10): the pool has 45 after 15 were set aside for testing",
  ],
  ["@pool.npz --test-share 1 --out @o", "Option --test-share must be above 0 and below 1: found 1"],
  ["@pool.npz --rounds 0 --out @o", "Option --rounds must be 1 or more: found 0"],
  ["@pool.npz --seeds 1.5 --out @o", "Option --seeds must be a whole number: found 1.5"],
  [
    "@pool.npz --strategies bait(lambda=0),random --out @o",
    "Option lambda of bait must be a positive float32 number or auto: found 0",
  ],
  [
    "@pool.npz --strategies random,falcun(lambda=1) --out @o",
    "Unknown option lambda of falcun: it has gamma, deterministic, members, dropout, candidates",
  ],
  [
    "@pool.npz --strategies bait(fisher=exp),bait-exp --out @o",
    "Strategy bait-exp is given twice",
  ],
  [
    "@pool.npz --lambda 1 --out @o",
    'Unknown option --lambda of simulate: write it into --strategies, as in "bait(lambda=auto|X)"',
  ],
  [
    "@pool.npz --diagonal --out @o",
    'Unknown option --diagonal of simulate: write it into --strategies, as in "bait(diagonal)"',
  ],
  [
    "@pool.npz --top-classes 1 --out @o",
    'Unknown option --top-classes of simulate: write it into --strategies, as in "bait(topClasses=N)"',
  ],
  [
    "@pool.npz --gamme 1 --out @o",
    "Unknown option --gamme of simulate: see --help",
  ],
  ["@pool.npz --C -1 --out @o", "Option --C must be a positive number: found -1"],
  [
    "@pool.npz --head mlp --C 2 --out @o",
    "Option --C is for --head linear: found --head mlp",
  ],
  [
    "@pool.npz --head mlp --strategies random,mase --out @o",
    "Cannot run mase with --head mlp: it needs the weights of a linear head",
  ],
  [
    "@pool.npz --head mlp --hidden 8,x --out @o",
    "Option --hidden must be 1 to 3 whole numbers such as 128,64: found 8,x",
  ],
  [
    "@pool.npz --test-labels @labels.npy --out @o",
    "Option --test-labels needs --test: the features it belongs to",
  ],
  [
    "@pool.npz --test @wide.npy --test-labels @half.npy --out @o",
    "Cannot test on @wide.npy: its rows have 8 features, and the pool's have 4",
  ],
  [
    "@pool.npz --test @pool.npz --test-share 0.5 --out @o",
    "Give --test or --test-share, not both",
  ],
  [
    "@pool.npz --test @values.npz --out @o",
    "Cannot test on @values.npz: it has targets, and the pool has labels",
  ],
  [
    "@values.npz --strategies bait-full --out @o",
    "Cannot run bait-full on real-valued targets: it needs class probabilities",
  ],
];

Deno.test("what creel simulate cannot do is one sentence, and nothing is written", async () => {
  await withFiles(learnable, async (folder) => {
    const before = namesIn(folder);
    for (const [args, sentence] of wrong) {
      const words = args.split(" ").map((word) => word.replace("@", `${folder}/`));
      const { status, out, err } = await creel("simulate", ...words, "--device", "cpu");
      const expected = `creel: ${sentence.replaceAll("@", `${folder}/`)}`;
      assert.equal(err.slice(0, expected.length), expected, args);
      assert.deepEqual([status, out, err.split("\n").length], [2, "", 2], args);
    }
    assert.deepEqual(namesIn(folder), before);
  });
});
