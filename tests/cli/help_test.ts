import assert from "node:assert/strict";
import { FACTORIES, STRATEGY_OPTIONS } from "../../src/cli/strategy-options.ts";
import { optionsOf } from "../../src/select/strategy/strategy.ts";
import { creel, creelProcess } from "./creel.ts";

Deno.test("creel --help names the commands; without a command it is a wrong call", async () => {
  const { status, out, err } = await creel("--help");
  assert.deepEqual([status, err], [0, ""]);
  for (const line of ["demo", "select", "train", "simulate", "report", "strategies", "doctor"]) {
    assert.match(out, new RegExp(`^  ${line} +[A-Z].+$`, "m"));
  }
  for (const same of ["help", "-h"]) assert.deepEqual(await creel(same), { status, out, err });
  assert.deepEqual(await creel(), { status: 2, out, err });
});

Deno.test("creel COMMAND --help shows the usage, every option and examples", async () => {
  const options = {
    select: [
      ...["budget", "strategy", "logits", "probs", "head", "member-logits", "labels"],
      "labeled",
      ...Object.keys(STRATEGY_OPTIONS),
      ...["round", "scale", "storage", "seed", "json", "out", "force"],
      ...["max-expand", "device", "memory", "quiet", "help"],
    ],
    simulate: [
      ...["out", "force", "labels", "targets", "test", "test-labels", "test-targets"],
      ...[
        "test-share",
        "max-expand",
        "strategies",
        "initial",
        "rounds",
        "budget",
        "seeds",
        "subset",
      ],
      ...["head", "C", "hidden", "epochs", "scale", "json", "device", "memory", "quiet", "help"],
    ],
    strategies: ["json", "quiet", "help"],
    doctor: ["json", "device", "memory", "quiet", "help"],
    demo: ["out", "force", "budget", "seed", "json", "device", "memory", "quiet", "help"],
  };
  for (const [command, names] of Object.entries(options)) {
    const { status, out, err } = await creel(command, "--help");
    assert.deepEqual([status, err], [0, ""], command);
    assert.match(out, new RegExp(`^Usage: creel ${command}`, "m"));
    const shown = [...out.matchAll(/^ {2}--([A-Za-z-]+)/gm)].map(([, name]) => name);
    assert.deepEqual(shown, names, command);
    assert.match(out, new RegExp(`^Examples:\n  creel ${command}`, "m"));
  }
});

Deno.test("creel select --help has every option of every strategy, with its default", async () => {
  const { out } = await creel("select", "--help");
  const text = out.replaceAll(/\s+/g, " ");
  for (const { definition } of FACTORIES) {
    for (const [name, option] of Object.entries(optionsOf(definition))) {
      const { kind, help, fallback } = option;
      const shown = fallback ?? (kind === "flag" ? undefined : option.default);
      const sentence = shown === undefined ? help : `${help} (default ${shown})`;
      assert.ok(text.includes(sentence), `${name} of ${definition.name}: ${sentence}`);
    }
  }
});

Deno.test("help needs nothing else to be right, and is the same from the program itself", async () => {
  const { out } = await creel("select", "--help");
  assert.deepEqual(await creel("select", "a", "b", "--help"), { status: 0, out, err: "" });
  assert.deepEqual(await creelProcess(["select", "--help"]), { status: 0, out, err: "" });
});
