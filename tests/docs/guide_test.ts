/** What the pages show: their command lines are understood, and the strategy of the guide runs. */

import assert from "node:assert/strict";
import { join } from "node:path";
import outliers from "../../docs/examples/outliers.ts";
import { type Command, parse } from "../../src/cli/command.ts";
import { demoCommand } from "../../src/cli/demo/demo.ts";
import { doctorCommand } from "../../src/cli/doctor.ts";
import { selectCommand } from "../../src/cli/select.ts";
import { reportCommand } from "../../src/cli/simulate/report.ts";
import { simulateCommand } from "../../src/cli/simulate/simulate.ts";
import { strategiesCommand } from "../../src/cli/strategies.ts";
import { givenStrategy, strategiesFromTexts } from "../../src/cli/strategy-options.ts";
import { trainCommand } from "../../src/cli/train.ts";
import { encodeNpy } from "../../src/io/numpy/npy.ts";
import { select } from "../../src/learn/select.ts";
import { splitStrategies } from "../../src/select/strategy/strategy-text.ts";
import { creelProcess, withFiles } from "../cli/creel.ts";
import { deviceTest, hasAdapter, Random, withLimits } from "../fixture.ts";

const root = join(import.meta.dirname!, "..", "..");
const EXAMPLE = join(root, "docs", "examples", "outliers.ts");
const read = (...path: string[]) => Deno.readTextFile(join(root, ...path));

const [ROWS, COLUMNS] = [301, 11];
const features = new Random(17).normals(ROWS * COLUMNS);
const length = (i: number) =>
  features.subarray(i * COLUMNS, (i + 1) * COLUMNS).reduce((sum, value) => sum + value * value, 0);
const byLength = Array.from({ length: ROWS }, (_, i) => i).sort((a, b) => length(b) - length(a));

Deno.test("guide: the strategy of one's own is the file, word for word", async () => {
  const guide = await read("docs", "guide.md");
  const section = guide.slice(guide.indexOf("## A strategy of your own"));
  const [, code] = /^```ts\n([^]*?)^```$/m.exec(section) ?? [];
  assert.equal(code, await Deno.readTextFile(EXAMPLE));
});

deviceTest(
  "guide: the strategy of one's own runs in a program, over several blocks",
  async (device) => {
    const labeled = [byLength[1]!];
    const open = byLength.filter((index) => index !== labeled[0]);
    for (const there of [device, withLimits(device, { bindingBytes: 256 * 16 * 4 })]) {
      const input = { device: there, features: { data: features, columns: COLUMNS }, labeled };
      const { picks, scores } = await select({ ...input, budget: 5, strategy: outliers });
      assert.deepEqual(picks, open.slice(0, 5));
      scores!.forEach((score, at) => {
        assert.ok(Math.abs(score - length(picks[at]!)) < 1e-4 * score);
      });
      const strategy = outliers({ shortest: true });
      assert.deepEqual(
        (await select({ ...input, budget: 5, strategy })).picks,
        open.toReversed().slice(0, 5),
      );
      await assert.rejects(select({ ...input, budget: 1, strategy, storage: "f16" }), {
        name: "InputError",
        message: "Use outliers with storage f32",
      });
    }
  },
);

Deno.test("guide: the strategy of one's own runs on the command line, from a folder elsewhere", async () => {
  const source = await Deno.readTextFile(EXAMPLE);
  const pool = encodeNpy(features, [ROWS, COLUMNS]);
  await withFiles({ "outliers.ts": source, "pool.npy": pool }, async (folder) => {
    const call = async (device: string, strategy: string) => {
      const args = ["select", "pool.npy", "--budget", "4", "--device", device, "--quiet"];
      return await creelProcess([...args, "--strategy", strategy], { cwd: folder });
    };
    const lines = (picks: readonly number[]) => picks.map((index) => `${index}\n`).join("");
    for (const device of hasAdapter ? ["cpu", "webgpu"] : ["cpu"]) {
      assert.deepEqual(await call(device, "./outliers.ts"), {
        status: 0,
        out: lines(byLength.slice(0, 4)),
        err: "",
      });
    }
    const shortest = await call("cpu", "./outliers.ts(shortest)");
    assert.equal(shortest.out, lines(byLength.toReversed().slice(0, 4)));
    const { out } = await creelProcess(["strategies", "./outliers.ts"], { cwd: folder });
    assert.match(out, /^outliers: The samples with the longest feature vectors\./);
  });
});

/** The words of a line of a shell: quotes keep words together, a comment ends them. */
function wordsOf(line: string): string[] {
  const [code] = line.split(/\s#\s/);
  return [...code!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
}

/** The calls of `creel` in the shell blocks of a page, without the name of the program. */
function callsIn(page: string): string[][] {
  return [...page.matchAll(/^```sh\n([^]*?)^```$/gm)]
    .flatMap(([, block]) => block!.replaceAll(/\\\n\s*/g, "").split("\n"))
    .map(wordsOf)
    .filter(([program]) => program === "creel" || program === "./creel")
    .map(([, ...words]) => words);
}

Deno.test("docs: every command line of the pages is understood", async () => {
  const commands: readonly Command[] = [
    ...[
      demoCommand,
      selectCommand,
      trainCommand,
      simulateCommand,
      reportCommand,
      strategiesCommand,
      doctorCommand,
    ],
  ];
  let checked = 0;
  for (
    const page of [
      "README.md",
      ...["guide", "evidence", "strategies"].map((p) => `docs/${p}.md`),
    ]
  ) {
    for (const [name, ...words] of callsIn(await read(page))) {
      // The gate and the labeling page: words of the script alone.
      if (name === "test" || name === "site") continue;
      const command = commands.find((candidate) => candidate.name === name);
      assert.ok(command, `creel ${name} in ${page}`);
      const { given } = parse(command, words);
      // The files of one's own are not there, but for the example.
      const here = (text: string) =>
        text.replace("./outliers.ts", EXAMPLE).replace(/^\.\/mine\.ts$/, "margin");
      if (command === selectCommand) {
        const { strategy } = given;
        await givenStrategy({ ...given, ...(strategy && { strategy: here(`${strategy}`) }) });
      }
      const texts = given["strategies"];
      if (texts !== undefined) {
        await strategiesFromTexts([...new Set(splitStrategies(`${texts}`).map(here))]);
      }
      checked++;
    }
  }
  assert.ok(checked >= 25, `${checked} command lines`);
});
