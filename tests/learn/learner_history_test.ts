/** Labels, skipped samples and their history, without a device. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { LabelHistory } from "../../src/learn/learner/history.ts";
import { LabelLog } from "../../src/learn/learner/label-log.ts";
import { refuses } from "../io/fixtures.ts";

const ROWS = 6;
const CLASSES = 3;

/** A log whose clock ticks once a second, and to which suggestions can be added. */
class TestLog extends LabelLog {
  constructor(events: LabelLog["history"] = [], seconds = 0) {
    super(ROWS, CLASSES, events, () => new Date(1000 * seconds++));
  }

  suggested(strategy: string, indices: readonly number[]): void {
    const measures = { labels: this.labels.length };
    const at = { round: this.round + 1, strategy };
    this.append({ kind: "suggested", indices, measures }, undefined, at);
  }

  get state() {
    return { labels: this.labels, skipped: this.skipped, candidates: this.candidates };
  }
}

const indices = fc.uniqueArray(fc.nat(ROWS - 1), { minLength: 1, maxLength: 3 });
const command = fc.oneof(
  fc.record({
    kind: fc.constant("label" as const),
    indices,
    label: fc.nat(CLASSES - 1),
    relabel: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom("unlabel", "skip", "unskip", "suggest"), indices }),
  fc.record({ kind: fc.constant("undo" as const) }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Performs an operation, and returns whether it was allowed. */
function execute(log: TestLog, command: Command): boolean {
  try {
    if (command.kind === "undo") log.undo();
    else if ("label" in command) {
      const { indices, label, relabel } = command;
      log.label(indices, indices.map(() => label), { relabel });
    } else if (command.kind === "suggest") log.suggested("margin", command.indices);
    else log[command.kind as "unlabel" | "skip" | "unskip"](command.indices);
    return true;
  } catch (error) {
    assert.equal((error as Error).name, "InputError");
    return false;
  }
}

Deno.test("history: any calls keep a simple model's labels, skips and candidates", () => {
  fc.assert(fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
    const log = new TestLog();
    let labels = new Map<number, number>();
    let skipped = new Set<number>();
    const before: { labels: Map<number, number>; skipped: Set<number> }[] = [];
    for (const command of commands) {
      const events = log.history.length;
      const untouched = log.state;
      if (!execute(log, command)) {
        // What was refused has changed nothing.
        assert.deepEqual(log.state, untouched);
        assert.equal(log.history.length, events);
        continue;
      }
      if (log.history.length > events && command.kind !== "suggest") {
        if (command.kind === "undo") ({ labels, skipped } = before.pop()!);
        else {
          before.push({ labels: new Map(labels), skipped: new Set(skipped) });
          for (const index of command.indices) {
            if ("label" in command) labels.set(index, command.label);
            else if (command.kind === "unlabel") labels.delete(index);
            else if (command.kind === "skip") skipped.add(index);
            else skipped.delete(index);
          }
        }
      }
      assert.deepEqual(
        log.labels.map(({ index, label }) => [index, label]),
        [...labels].sort(([a], [b]) => a - b),
      );
      assert.deepEqual(log.skipped, [...skipped].sort());
      assert.deepEqual(
        log.candidates,
        [0, 1, 2, 3, 4, 5].filter((i) => !labels.has(i) && !skipped.has(i)),
      );
    }
  }));
});

Deno.test("history: undo is the inverse of every change, whatever was suggested since", () => {
  fc.assert(fc.property(
    fc.array(command, { maxLength: 15 }),
    command.filter(({ kind }) => kind !== "undo" && kind !== "suggest"),
    indices,
    (commands, last, suggestion) => {
      const log = new TestLog();
      for (const command of commands) execute(log, command);
      const { state, history } = log;
      fc.pre(execute(log, last) && log.history.length > history.length);
      const asked = execute(log, { kind: "suggest", indices: suggestion });
      log.undo();
      assert.deepEqual(log.state, state);
      assert.equal(log.history.length, history.length + (asked ? 3 : 2));
    },
  ));
});

Deno.test("history: a log that is replayed has the same state, and can be undone as far", () => {
  fc.assert(fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
    const log = new TestLog();
    for (const command of commands) execute(log, command);
    const again = new TestLog(JSON.parse(JSON.stringify(log.history)));
    assert.deepEqual(again.history, log.history);
    do assert.deepEqual(again.state, log.state); while (
      [again.undo(), log.undo()].every((change) => change !== undefined)
    );
    assert.deepEqual([log.labels, log.skipped], [[], []]);
  }));
});

Deno.test("history: a label has the round and strategy that suggested it", () => {
  const log = new TestLog();
  log.label(0, 2, { note: "from last year" });
  log.suggested("random", [1, 2, 3]);
  log.label([1, 4], [0, 0]);
  log.suggested("margin", [2, 5]);
  log.label([3, 2], [1, 1]);
  const time = (seconds: number) => new Date(1000 * seconds).toISOString();
  assert.deepEqual(log.labels, [
    { index: 0, label: 2, round: 0, time: time(0), note: "from last year" },
    { index: 1, label: 0, round: 1, strategy: "random", time: time(2) },
    { index: 2, label: 1, round: 2, strategy: "margin", time: time(4) },
    { index: 3, label: 1, round: 1, strategy: "random", time: time(4) },
    { index: 4, label: 0, round: 1, time: time(2) },
  ]);
  assert.deepEqual(log.history.map(({ kind, round, strategy }) => [kind, round, strategy]), [
    ["labeled", 0, undefined],
    ["suggested", 1, "random"],
    ["labeled", 1, "random"],
    ["suggested", 2, "margin"],
    ["labeled", 2, "margin"],
  ]);
});

Deno.test("history: the same label twice is harmless", () => {
  const log = new TestLog();
  assert.equal(log.label([1, 2], [0, 1]), 2);
  assert.equal(log.label(1, 0), 0);
  assert.equal(log.label([2, 3, 3], [1, 1, 1]), 1);
  assert.deepEqual(log.history.map((event) => "indices" in event && event.indices), [[1, 2], [3]]);
  log.undo();
  assert.deepEqual(log.labels.map(({ index }) => index), [1, 2]);
});

Deno.test("history: a skipped sample may be labeled, and is skipped again without the label", () => {
  const log = new TestLog();
  log.skip([1, 4]);
  log.skip(4);
  log.label(4, 0);
  log.unlabel(4);
  assert.deepEqual(log.candidates, [0, 2, 3, 5]);
  log.unskip(4);
  assert.deepEqual(log.candidates, [0, 2, 3, 4, 5]);
});

Deno.test("history: nothing is left to undo", () => {
  assert.equal(new TestLog().undo(), undefined);
});

Deno.test("history: bad labels are refused, and none of a call is taken", async () => {
  const log = new TestLog();
  log.suggested("random", [1]);
  log.label(1, 2);
  const cases: [() => unknown, string][] = [
    [() => log.label([0, 6], [0, 0]), "Cannot label sample 6: the pool has 6 samples, 0 to 5"],
    [() => log.label(-1, 0), "Cannot label sample -1: the pool has 6 samples, 0 to 5"],
    [() => log.label(0.5, 0), "Cannot label sample 0.5: the pool has 6 samples, 0 to 5"],
    [() => log.label([0, 2], [0, 3]), "Cannot label sample 2 as 3: the classes are 0 to 2"],
    [
      () => log.label([0], [[0, 1]] as never),
      "Cannot label sample 0 as 0,1: in a learner a sample has one class; select takes a matrix of " +
      "labels for several",
    ],
    [() => log.label(0, -1), "Cannot label sample 0 as -1: the classes are 0 to 2"],
    [() => log.label(0, NaN), "Cannot label sample 0 as NaN: the classes are 0 to 2"],
    [() => log.label([0, 2], [0]), "Cannot give 1 labels to 2 samples"],
    [() => log.label([0, 0], [0, 1]), "Cannot label sample 0 as both 0 and 1"],
    [
      () => log.label([1, 1], [2, 0], { relabel: true }),
      "Cannot label sample 1 as both 2 and 0",
    ],
    [
      () => log.label([0, 1], [0, 0]),
      "Cannot label sample 1 as 0: it is labeled 2 since 1970-01-01T00:00:01.000Z (round 1), and " +
      "relabel replaces that",
    ],
    [() => log.unlabel([1, 0]), "Cannot unlabel sample 0: it is not labeled"],
    [() => log.skip([0, 1]), "Cannot skip sample 1: it is labeled"],
    [() => log.unskip(0), "Cannot unskip sample 0: it is not skipped"],
    [() => log.skip(9), "Cannot skip sample 9: the pool has 6 samples, 0 to 5"],
  ];
  for (const [attempt, message] of cases) await refuses(attempt, message);
  assert.deepEqual(log.labels.map(({ index, label }) => [index, label]), [[1, 2]]);
  assert.equal(log.history.length, 2);
  assert.equal(log.label(1, 0, { relabel: true }), 1);
  assert.equal(log.labels[0]!.label, 0);
});

Deno.test("history: without a number of classes any whole number is one", async () => {
  const log = new LabelLog(3, undefined, []);
  log.label(0, 1000);
  await refuses(
    () => log.label(1, 1.5),
    "Cannot label sample 1 as 1.5: the classes are whole numbers from 0 on",
  );
});

Deno.test("history: events that contradict one another are refused", async () => {
  const base = { round: 0, time: "2026-11-20T00:00:00.000Z" };
  const history = () => {
    const history = new LabelHistory(ROWS, CLASSES);
    history.append({ kind: "labeled", indices: [1], labels: [1], ...base });
    return history;
  };
  await refuses(
    () => history().append({ kind: "labeled", indices: [1], labels: [0], ...base }),
    "Cannot label sample 1: it is labeled 1 already, and 0 contradicts that",
  );
  await refuses(
    () => history().append({ kind: "skipped", indices: [2, 2], ...base }),
    "Cannot have a sample twice among those skipped at once",
  );
  await refuses(
    () => history().append({ kind: "unlabeled", indices: [1], ...base, round: 3 }),
    "Cannot have round 3 in a history that is at round 0",
  );
  const empty = new LabelHistory(ROWS, CLASSES);
  await refuses(
    () => empty.append({ kind: "undone", ...base }),
    "Cannot undo: nothing was changed",
  );
});
