import assert from "node:assert/strict";
import { creel, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

const CALL = [
  ...["--seeds", "2", "--initial", "3", "--rounds", "2", "--budget", "4"],
  ...["--device", "cpu", "--quiet"],
];

/** Simulations in folders `auto` and `one`, which differ in lambda. */
async function withSimulations(test: (folder: string) => Promise<void>): Promise<void> {
  await withFiles(learnable, async (folder) => {
    const simulate = async (out: string, ...args: string[]) => {
      const call = ["simulate", `${folder}/pool.npz`, ...CALL, "--out", `${folder}/${out}`];
      assert.equal((await creel(...call, ...args)).status, 0);
    };
    await simulate("auto", "--strategies", "bait-binary,random");
    await simulate("one", "--strategies", "bait-binary,margin", "--lambda", "1");
    await test(folder);
  });
}

Deno.test("creel report puts simulations together; what differs stands in the names", async () => {
  await withSimulations(async (folder) => {
    const both = `${folder}/both`;
    const call = ["report", `${folder}/auto`, `${folder}/one`, "--out", both, "--quiet", "--json"];
    const { status, out, err } = await creel(...call);
    assert.deepEqual([status, err], [0, ""]);
    const { strategies, settings } = JSON.parse(out);
    assert.deepEqual(Object.keys(strategies).sort(), [
      "bait-binary [lambda=1]",
      "bait-binary [lambda=auto]",
      "margin",
      "random",
    ]);
    assert.ok(strategies["bait-binary [lambda=1]"].versusRandom, "random of the other folder");
    assert.deepEqual(Object.keys(settings), [`${folder}/auto`, `${folder}/one`]);
    assert.deepEqual(namesIn(both), ["curves.csv", "curves.svg", "report.html", "summary.json"]);
    assert.equal((await creel(...call)).status, 2);
    assert.deepEqual((await creel(...call, "--force")).out, out);
  });
});

Deno.test("creel report on one folder writes there what creel simulate wrote", async () => {
  await withSimulations(async (folder) => {
    const path = `${folder}/auto/summary.json`;
    const before = Deno.readTextFileSync(path);
    Deno.removeSync(path);
    assert.equal((await creel("report", `${folder}/auto`, "--quiet")).status, 0);
    assert.equal(Deno.readTextFileSync(path), before);
  });
});

Deno.test("what creel report cannot do is one sentence", async () => {
  await withSimulations(async (folder) => {
    const simulate = ["simulate", `${folder}/pool.npz`, ...CALL, "--out", `${folder}/other`];
    await creel(...simulate, "--budget", "5");
    Deno.mkdirSync(`${folder}/empty`);
    const cases = [
      ["@auto @one", "Missing --out: the folder for the report on several simulations"],
      [
        "@auto @other --out @x",
        "Cannot put @auto and @other together: budget is 4 in the one and 5 in the other",
      ],
      ["@empty", "Cannot read @empty: it holds no simulation (no settings.json)"],
      ["@missing", "Cannot read @missing: there is no such folder"],
      ["@auto --out @a/b", "Cannot write to @a/b: the folder @a does not exist"],
    ] as const;
    for (const [args, sentence] of cases) {
      const words = args.split(" ").map((word) => word.replace("@", `${folder}/`));
      assert.deepEqual(await creel("report", ...words), {
        status: 2,
        out: "",
        err: `creel: ${sentence.replaceAll("@", `${folder}/`)}\n`,
      });
    }
  });
});
