/** `creel strategies`, and custom strategies from a file. */

import assert from "node:assert/strict";
import { entryOf, type StrategyEntry } from "../../src/cli/strategies.ts";
import { FACTORIES } from "../../src/cli/strategy-options.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import { creel, creelProcess, type Files, namesIn, withFiles } from "./creel.ts";
import { learnable } from "./pools.ts";

Deno.test("creel strategies lists them all: what each chooses, reads, costs, and its source", async () => {
  const { status, out, err } = await creel("strategies");
  assert.deepEqual([status, err], [0, ""]);
  const lines = out.split("\n");
  assert.deepEqual(
    lines.filter((line) => /^[a-z]/.test(line)).map((line) => line.split(" ")[0]),
    [...STRATEGIES, "creel"],
  );
  for (const line of lines) assert.ok(line.length <= 100, line);
  const text = out.replaceAll(/\s+/g, " ");
  for (const { summary, cost, source, reads } of FACTORIES.map(entryOf)) {
    const read = reads.length > 0 ? reads.join(" and ") : "features alone";
    assert.ok(text.includes(`${summary} reads ${read}; ${cost}; ${source}`), summary);
  }
});

Deno.test("creel strategies NAME shows its options: flag, range, default, what each does", async () => {
  const { status, out, err } = await creel("strategies", "falcun");
  assert.deepEqual([status, err], [0, ""]);
  assert.match(out, /^falcun: Random uncertain samples .*\.\n\nReads {4}probabilities\n/);
  assert.match(out, /^Source {3}Gilhuber et al\. 2024, "FALCUN: .*"$/m);
  assert.match(
    out,
    /^ {2}gamma \(--gamma\)\n {6}Samples are .*: a positive float32 number\n {6}\(default 10\)$/m,
  );
  assert.match(
    out,
    /^ {2}deterministic \(--deterministic\)\n.*: true or false \(default false\)$/m,
  );
  for (const { definition } of FACTORIES) {
    const { out } = await creel("strategies", definition.name);
    const shown = [...out.matchAll(/^ {2}(\w+) \((--[a-z-]+)\)$/gm)];
    const { options } = entryOf({ definition } as typeof FACTORIES[number]);
    assert.deepEqual(
      shown.map(([, name, flag]) => [name, flag]),
      options.map(({ name, flag }) => [name, flag]),
    );
    for (const line of out.split("\n")) assert.ok(line.length <= 100, line);
  }
  // What stands behind a name is no matter here.
  assert.deepEqual(await creel("strategies", "bait-exp"), await creel("strategies", "bait"));
});

Deno.test("creel strategies --json is the table, or one entry of it", async () => {
  const { status, out, err } = await creel("strategies", "--json");
  assert.deepEqual([status, err], [0, ""]);
  const entries: StrategyEntry[] = JSON.parse(out);
  assert.deepEqual(entries, FACTORIES.map(entryOf));
  assert.deepEqual(entries.map(({ name }) => name), [...STRATEGIES]);
  for (const { name, summary, cost, source, options } of entries) {
    for (const text of [summary, cost, source]) assert.ok(text.length > 0, name);
    for (const { flag, range, default: fallback, help } of options) {
      assert.match(flag!, /^--[a-z-]+$/, name);
      for (const text of [range, fallback, help]) assert.ok(text.length > 0, name);
      assert.doesNotMatch(`${range} ${fallback}`, /undefined|null|\[object/, `${flag} of ${name}`);
    }
  }
  const bait = entries.find(({ name }) => name === "bait")!;
  assert.deepEqual(JSON.parse((await creel("strategies", "bait", "--json")).out), bait);
  assert.deepEqual(bait.options.find(({ name }) => name === "topClasses"), {
    name: "topClasses",
    flag: "--top-classes",
    range: "a whole number, 0 or more",
    default: "2, or 3 with fisher classes",
    help: "The number of most probable classes that fisher exp and classes use; 0: all",
  });
});

Deno.test("creel strategies refuses what it does not know", async () => {
  const cases = [
    ["margn", "Unknown strategy margn: did you mean margin?"],
    ["bait-ful", "Unknown strategy bait-ful: did you mean bait-full?"],
    [
      "kmeans",
      `Unknown strategy kmeans: use ${STRATEGIES.join(", ")}, or a file such as ./mine.ts`,
    ],
    ["./none.ts", "Cannot load strategy ./none.ts: there is no such file"],
    [
      "margin(",
      'Cannot read strategy "margin(": write a name, or options behind it as in bait(fisher=exp)',
    ],
  ] as const;
  for (const [name, sentence] of cases) {
    assert.deepEqual(await creel("strategies", name), {
      status: 2,
      out: "",
      err: `creel: ${sentence}\n`,
    });
  }
});

const MOD = JSON.stringify(import.meta.resolve("../../mod.ts"));

/** Strategies in files: the candidates with the largest or smallest index. */
const mine: Files = {
  ...learnable,
  "factory.ts": `import { defineStrategy } from ${MOD};
    export default defineStrategy({
      name: "last",
      summary: "The candidates with the largest index",
      source: "a test",
      cost: "nothing",
      options: {
        skip: { kind: "integer", from: 0, default: 0, help: "Leave so many of the last ones out" },
        evenOnly: { kind: "flag", help: "Take even ones only" },
      },
      select({ candidates, budget }, { skip, evenOnly }) {
        const open = evenOnly ? candidates.filter((index: number) => index % 2 === 0) : candidates;
        return Promise.resolve({ picks: open.toReversed().slice(skip, skip + budget) });
      },
    });`,
  "preset.ts": `import last from "./factory.ts";
    export default last({ skip: 2 });`,
  "falcun.ts": `import { falcun } from ${MOD};
    export default falcun({ deterministic: true });`,
  // Plain JavaScript that imports nothing.
  "plain.js": `export default {
      name: "first",
      select: ({ candidates, budget }) => ({ picks: candidates.slice(0, budget) }),
    };`,
};

const CPU = ["--device", "cpu", "--quiet"];

Deno.test("select --strategy FILE: what defineStrategy made, with options, or a plain object", async () => {
  await withFiles(mine, async (folder) => {
    const ask = async (strategy: string, ...args: string[]) => {
      const call = ["select", `${folder}/x.npy`, "--budget", "3", "--strategy", strategy];
      const { status, out, err } = await creel(...call, ...args, ...CPU, "--json");
      assert.deepEqual([status, err], [0, ""], strategy);
      const { strategy: name, picks } = JSON.parse(out);
      return [name, ...picks];
    };
    const [factory, preset] = [`${folder}/factory.ts`, `${folder}/preset.ts`];
    assert.deepEqual(await ask(factory), ["last", 59, 58, 57]);
    assert.deepEqual(await ask(`${factory}(skip=4)`), ["last", 55, 54, 53]);
    assert.deepEqual(await ask(`${factory}(even-only, skip=1)`), ["last", 56, 54, 52]);
    assert.deepEqual(await ask(preset), ["last", 57, 56, 55]);
    assert.deepEqual(await ask(`${preset}(evenOnly)`), ["last", 54, 52, 50]);
    assert.deepEqual(await ask(`${preset}(skip=0)`), ["last", 59, 58, 57]);
    assert.deepEqual(await ask(`${folder}/plain.js`), ["first", 0, 1, 2]);
    // The options of every strategy are flags as ever.
    const [name, ...some] = await ask(`${folder}/plain.js`, "--candidates", "5");
    assert.deepEqual([name, some.length], ["first", 3]);
    assert.notDeepEqual(some, [0, 1, 2]);
    // A strategy of Creel with options of its own.
    const labels = ["--labels", `${folder}/known.npy`];
    assert.deepEqual(
      await ask(`${folder}/falcun.ts`, ...labels),
      await ask("falcun", "--deterministic", ...labels),
    );
  });
});

Deno.test("select --strategy FILE: a path from where the program is called", async () => {
  await withFiles(mine, async (folder) => {
    for (const path of ["./plain.js", "plain.js", "../here/plain.js"]) {
      await Deno.mkdir(`${folder}/here`, { recursive: true });
      await Deno.copyFile(`${folder}/plain.js`, `${folder}/here/plain.js`);
      const call = ["select", "../x.npy", "--budget", "2", "--strategy", path, ...CPU];
      const { status, out, err } = await creelProcess(call, { cwd: `${folder}/here` });
      assert.deepEqual([status, out, err], [0, "0\n1\n", ""], path);
    }
  });
});

Deno.test("creel strategies FILE shows the options of a strategy of one's own", async () => {
  await withFiles(mine, async (folder) => {
    const { status, out } = await creel("strategies", `${folder}/factory.ts`);
    assert.equal(status, 0);
    assert.match(
      out,
      /^last: The candidates with the largest index\.\n\nReads {4}features alone\n/,
    );
    // An option of one's own has no flag.
    assert.match(out, /^ {2}evenOnly\n {6}Take even ones only: true or false/m);
    assert.match(out, /^ {2}candidates \(--candidates\)$/m);
    const plain = await creel("strategies", `${folder}/plain.js`);
    assert.match(plain.out, /^first\n\nReads {4}features alone\n\nOptions:\n {2}candidates/);
    const entry = JSON.parse((await creel("strategies", `${folder}/plain.js`, "--json")).out);
    assert.deepEqual([entry.name, entry.summary, entry.options.length], ["first", "", 2]);
  });
});

/** A module that exports a strategy with a name. */
const named = (name: string) =>
  `export default { name: ${JSON.stringify(name)}, select: () => ({ picks: [0] }) };`;
const NAME = "a name is letters, digits and hyphens, a letter first";

/** Files that hold no strategy, and the sentence (@ is the folder). */
const bad: Readonly<Record<string, readonly [source: string, sentence: string | RegExp]>> = {
  "syntax.ts": [
    "export default {\n  name: 'x' 'y'\n}",
    /^creel: Cannot load strategy @syntax\.ts: [^\n]*Expected[^\n]*\(file:\/\/@syntax\.ts:2:13\)\n$/,
  ],
  "throws.ts": [
    "throw new Error('no luck today\\nnor tomorrow');",
    "Cannot load strategy @throws.ts: no luck today",
  ],
  "text.ts": ["throw 'a text';", "Cannot load strategy @text.ts: a text"],
  "absent.ts": [
    "import { x } from './nowhere.ts';\nexport default x;",
    'Cannot load strategy @absent.ts: Module not found "file://@nowhere.ts" (file://@absent.ts:1:19)',
  ],
  ...Object.fromEntries(
    [
      "export const strategy = 1;",
      "export default undefined;",
      "export default () => ({ picks: [0] });",
      "export default { name: 'x' };",
      "export default { select: () => ({ picks: [0] }) };",
      "export default 'margin';",
    ].map((source, at) => [
      `none${at}.js`,
      [
        source,
        `Cannot load strategy @none${at}.js: its default export must be a strategy, such as what ` +
        "defineStrategy returns",
      ],
    ]),
  ),
  "slash.js": [named("a/b"), `Cannot define a strategy named "a/b": ${NAME}`],
  "dots.js": [named("../up"), `Cannot define a strategy named "../up": ${NAME}`],
  "space.js": [named("a b"), `Cannot define a strategy named "a b": ${NAME}`],
  // As if defineStrategy had made it.
  "forged.js": [
    "const definition = { name: '../up', select: () => ({ picks: [0] }) };\n" +
    "export default Object.assign(() => ({ ...definition, definition, options: {} }), { definition });",
    `Cannot define a strategy named "../up": ${NAME}`,
  ],
  "few.js": [
    "export default { name: 'few', select: () => ({ picks: [] }) };",
    "Strategy few returned 0 picks: 1 are needed",
  ],
  "twice.js": [
    "export default { name: 'none', select: () => ({ picks: [60] }) };",
    "Strategy none picked 60, which is no candidate",
  ],
};

Deno.test("a file without a usable strategy is refused in one sentence", async () => {
  const sources = Object.entries(bad).map(([name, [source]]) => [name, source]);
  await withFiles({ ...learnable, ...Object.fromEntries(sources) }, async (folder) => {
    const ask = (strategy: string) =>
      creel("select", `${folder}/x.npy`, "--budget", "1", "--strategy", strategy, ...CPU);
    for (const [name, [, sentence]] of Object.entries(bad)) {
      const { status, out, err } = await ask(`${folder}/${name}`);
      assert.deepEqual([status, out], [2, ""], name);
      if (sentence instanceof RegExp) assert.match(err.replaceAll(`${folder}/`, "@"), sentence);
      else assert.equal(err.replaceAll(`${folder}/`, "@"), `creel: ${sentence}\n`);
    }
    const missing: readonly string[] = [`${folder}/missing.ts`, folder, "./missing.js", "a/b"];
    for (const path of missing) {
      assert.deepEqual(await ask(path), {
        status: 2,
        out: "",
        err: `creel: Cannot load strategy ${path}: there is no such file\n`,
      });
    }
  });
});

Deno.test("options of a strategy from a file are checked as any", async () => {
  await withFiles(mine, async (folder) => {
    const ask = (...args: string[]) =>
      creel("select", `${folder}/x.npy`, "--budget", "1", ...CPU, "--strategy", ...args);
    const factory = `${folder}/factory.ts`;
    const cases: readonly [args: string[], sentence: string][] = [
      [
        [`${factory}(skip=-1)`],
        "Option skip of last must be a whole number, 0 or more: found -1",
      ],
      [
        [`${factory}(jump=1)`],
        "Unknown option jump of last: it has skip, evenOnly, candidates, partitions",
      ],
      [
        [factory, "--gamma", "3"],
        "Unknown option --gamma of strategy last: it has --skip, --even-only, --candidates, " +
        "--partitions",
      ],
      // Flags are those of Creel's own strategies; options of others stand behind the name.
      [[factory, "--skip", "3"], "Unknown option --skip of select: see --help"],
    ];
    for (const [args, sentence] of cases) {
      assert.deepEqual(await ask(...args), { status: 2, out: "", err: `creel: ${sentence}\n` });
    }
  });
});

Deno.test("simulate --strategies with files and options: runs are named by them, and found again", async () => {
  await withFiles(mine, async (folder) => {
    const out = `${folder}/out`;
    const [factory, plain] = [`${folder}/factory.ts`, `${folder}/plain.js`];
    const strategies = `${factory}(skip=1,even-only),${plain},bait(fisher=exp, lambda=1),random`;
    const call = [
      ...["simulate", `${folder}/pool.npz`, "--out", out, "--initial", "3", "--rounds", "2"],
      ...["--budget", "4", "--strategies", strategies, "--json", "--device", "cpu"],
    ];
    const names = ["last(skip=1,evenOnly)", "first", "bait(fisher=exp,lambda=1)", "random"];
    const first = await creel(...call, "--seeds", "1");
    assert.equal(first.status, 0, first.err);
    assert.deepEqual(Object.keys(JSON.parse(first.out).strategies), names);
    assert.deepEqual(
      namesIn(`${out}/runs`),
      names.map((name) => `${name}-seed0.json`).sort(),
    );
    const read = () =>
      namesIn(`${out}/runs`).map((name) => Deno.readTextFileSync(`${out}/runs/${name}`));
    const before = read();
    // The same call runs nothing again, and more seeds go on.
    const second = await creel(...call, "--seeds", "1");
    assert.deepEqual(second.out, first.out);
    assert.deepEqual(read(), before);
    const more = await creel(...call, "--seeds", "2");
    assert.match(more.err, /^Going on in .*: 4 of 8 runs are there$/m);
    assert.equal(namesIn(`${out}/runs`).length, 8);
    for (const text of before) assert.ok(read().includes(text), "a finished run is kept");
    // Other options are another strategy.
    const other = await creel(...call, "--seeds", "1", "--strategies", factory);
    assert.deepEqual(Object.keys(JSON.parse(other.out).strategies), ["last"]);
    const run = JSON.parse(Deno.readTextFileSync(`${out}/runs/last-seed0.json`));
    assert.deepEqual([run.strategy, run.picks[0].length], ["last", 4]);
    // A report finds them by their names.
    const report = await creel("report", out, "--json");
    assert.deepEqual(
      Object.keys(JSON.parse(report.out).strategies).sort(),
      [...names, "last"].sort(),
    );
  });
});

Deno.test("simulate refuses files without a strategy, and the same one twice", async () => {
  await withFiles({ ...mine, "slash.js": named("a/b") }, async (folder) => {
    const before = namesIn(folder);
    const [factory, preset] = [`${folder}/factory.ts`, `${folder}/preset.ts`];
    const cases = {
      [`random,${folder}/slash.js`]: `Cannot define a strategy named "a/b": ${NAME}`,
      [`random,${folder}/none.ts`]: `Cannot load strategy ${folder}/none.ts: there is no such file`,
      [`${factory}(skip=2),${preset}`]: "Strategy last(skip=2) is given twice",
      [`${factory}(skip=2`]:
        `Cannot read strategy "${factory}(skip=2": write a name, or options behind it as in ` +
        "bait(fisher=exp)",
    };
    for (const [strategies, sentence] of Object.entries(cases)) {
      const call = ["simulate", `${folder}/pool.npz`, "--out", `${folder}/out`, ...CPU];
      assert.deepEqual(await creel(...call, "--strategies", strategies), {
        status: 2,
        out: "",
        err: `creel: ${sentence}\n`,
      });
    }
    assert.deepEqual(namesIn(folder), before);
  });
});
