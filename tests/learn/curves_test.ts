import assert from "node:assert/strict";
import { curvesCsv, summarize } from "../../src/learn/simulation/curves.ts";
import {
  labelSavings,
  labelsToReach,
  randomLabels,
} from "../../src/learn/simulation/label-savings.ts";
import type { SimulationRun } from "../../src/learn/simulation/simulation.ts";
import { estimate, interval } from "../../src/learn/simulation/statistics.ts";

const labels = [10, 20, 30];
const curve = (...scores: number[]) => ({ labels, scores });
const accuracy = { name: "accuracy", rises: true } as const;
const rmse = { name: "rmse", rises: false } as const;

/** A run with these scores. */
function run(strategy: string, seed: number, name: string, scores: number[]): SimulationRun {
  return {
    strategy,
    seed,
    initial: [],
    picks: [],
    rounds: scores.map((score, at) => ({
      labels: labels[at]!,
      scores: { [name]: score },
      balance: { entropy: 0.5 + at / 10, ratio: 2, coverage: 1 },
      trainSeconds: 1,
      selectSeconds: at < 2 ? 2 : 0,
    })),
  };
}

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} instead of ${expected}`);
}

Deno.test("mean, standard error and Student's interval", () => {
  const { mean, se } = estimate([1, 2, 3, 4]);
  close(mean, 2.5);
  close(se, Math.sqrt(5 / 3 / 4));
  const { low, high } = interval([1, 2, 3, 4]);
  close(low, 2.5 - 3.182 * se);
  close(high, 2.5 + 3.182 * se);
  assert.deepEqual(interval([7]), { mean: 7, se: 0, low: 7, high: 7 });
});

Deno.test("a curve reaches a score between two points, or never", () => {
  assert.equal(labelsToReach(curve(0.5, 0.7, 0.8), 0.6), 15);
  assert.equal(labelsToReach(curve(0.5, 0.7, 0.8), 0.7), 20);
  assert.equal(labelsToReach(curve(0.5, 0.7, 0.8), 0.4), 10);
  assert.equal(labelsToReach(curve(0.5, 0.7, 0.8), 0.9), undefined);
  assert.equal(labelsToReach(curve(8, 6, 5), 7, false), 15);
  // The first time counts, even if the curve falls again.
  assert.equal(labelsToReach(curve(0.5, 0.9, 0.6), 0.9), 20);
});

Deno.test("label savings are paired over seeds; what is not reached is said", () => {
  const savings = labelSavings([
    { strategy: curve(0.5, 0.8, 0.9), random: curve(0.5, 0.6, 0.8) },
    { strategy: curve(0.5, 0.6, 0.7), random: curve(0.5, 0.6, 0.75) },
  ]);
  close(savings.score.mean, 0.775);
  assert.equal(savings.random.mean, 30);
  assert.equal(savings.strategy.mean, 25);
  assert.equal(savings.saved.mean, 5);
  assert.equal(savings.unreached, 1);
  const needed = randomLabels([
    { strategy: curve(0.5, 0.75, 1.5), random: curve(0.5, 0.5, 1) },
  ]);
  const point = (labels: number, mean: number, unreached: number) => {
    return { labels, mean, se: 0, low: mean, high: mean, unreached };
  };
  assert.deepEqual(needed, [point(10, 10, 0), point(20, 25, 0), point(30, 30, 1)]);
});

Deno.test("a summary: areas, points, comparison with random by seed, seconds, balance", () => {
  const { margin, random } = summarize(
    new Map([
      ["margin", [
        run("margin", 0, "accuracy", [0.5, 0.7, 0.9]),
        run("margin", 1, "accuracy", [0.4, 0.6, 0.8]),
        run("margin", 2, "accuracy", [0.4, 0.6, 0.8]),
      ]],
      ["random", [
        run("random", 0, "accuracy", [0.5, 0.6, 0.7]),
        run("random", 1, "accuracy", [0.4, 0.7, 0.9]),
      ]],
    ]),
    accuracy,
  );
  close(margin!.aulc.mean, (0.7 + 0.6 + 0.6) / 3);
  assert.deepEqual(margin!.seeds, [0, 1, 2]);
  close(margin!.scores["accuracy"]![1]!.mean, 1.9 / 3);
  assert.equal(margin!.scores["accuracy"]![1]!.labels, 20);
  // Seed 2 has no random run: it does not count.
  close(margin!.versusRandom!.aulc.mean, (0.1 - 0.075) / 2);
  assert.deepEqual([margin!.versusRandom!.wins, margin!.versusRandom!.seeds], [1, 2]);
  assert.deepEqual(margin!.seconds, {
    selection: { mean: 4, se: 0 },
    training: { mean: 3, se: 0 },
  });
  close(margin!.classBalance!.entropy.mean, 0.7);
  assert.equal(random!.versusRandom, undefined);
  assert.equal(random!.labelSavings, undefined);
});

Deno.test("an error that falls is better, and random may have another name", () => {
  const { a } = summarize(
    new Map([
      ["a", [run("a", 0, "rmse", [9, 5, 4])]],
      ["random [head=mlp]", [run("random", 0, "rmse", [9, 8, 5])]],
    ]),
    rmse,
    () => "random [head=mlp]",
  );
  assert.equal(a!.versusRandom!.wins, 1);
  assert.equal(a!.versusRandom!.aulc.mean, -1.75);
  assert.deepEqual([a!.labelSavings!.random.mean, a!.labelSavings!.strategy.mean], [30, 20]);
});

Deno.test("no cell of the table of points is a formula of a spreadsheet", () => {
  for (const text of ["=cmd|' /C calc'!A0", "+1", "-mine", "@SUM(A1)", "\tx", "\rx"]) {
    const [heading, row] = curvesCsv(new Map([[text, [run("a", 3, text, [-0.5])]]])).split("\n");
    const cell = text.includes("\r") ? `"'${text}"` : `'${text}`;
    assert.equal(
      heading,
      `strategy,seed,labels,${cell},entropy,ratio,coverage,${"trainSeconds,selectSeconds"}`,
    );
    // Numbers stay numbers, negative ones, too.
    assert.equal(row, `${cell},3,10,-0.5,0.5,2,1,1,2`);
  }
  assert.match(curvesCsv(new Map([["=a,b", [run("a", 0, "x", [1])]]])), /^"'=a,b",0/m);
});

Deno.test("the table of points has a row for each, and quotes what needs it", () => {
  const csv = curvesCsv(
    new Map([["a [x=1, y=2]", [run("a", 3, "accuracy", [0.5, 0.7])]]]),
  );
  assert.equal(
    csv,
    "strategy,seed,labels,accuracy,entropy,ratio,coverage,trainSeconds,selectSeconds\n" +
      '"a [x=1, y=2]",3,10,0.5,0.5,2,1,1,2\n' +
      '"a [x=1, y=2]",3,20,0.7,0.6,2,1,1,2\n',
  );
});
