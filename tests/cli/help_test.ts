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

Deno.test("creel --help lists the exit statuses", async () => {
  const { out } = await creel("--help");
  const listed = [...out.slice(out.indexOf("Exit status:")).matchAll(/^ {2}(\d+) +[a-z]/gm)];
  assert.deepEqual(listed.map(([, status]) => status), ["0", "2", "3", "70", "130", "141"]);
});

Deno.test("creel --version is the version of the package", async () => {
  const { default: { version } } = await import("../../deno.json", { with: { type: "json" } });
  for (const call of ["--version", "version"]) {
    assert.deepEqual(await creel(call), { status: 0, out: `creel ${version}\n`, err: "" });
  }
});

Deno.test("-h is --help, also among options; names of every object are no options", async () => {
  const { out } = await creel("train", "--help");
  for (const args of [["train", "-h"], ["train", "x", "--seed", "1", "-h"]]) {
    assert.deepEqual(await creel(...args), { status: 0, out, err: "" });
  }
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assert.deepEqual(await creel("doctor", `--${name}`), {
      status: 2,
      out: "",
      err: `creel: Unknown option --${name} of doctor: see --help\n`,
    });
  }
});

Deno.test("creel COMMAND --help shows the usage, every option and examples", async () => {
  const options = {
    select: [
      ...["budget", "strategy", "logits", "probs", "head", "member-logits", "labels"],
      ...["task", "labeled"],
      ...Object.keys(STRATEGY_OPTIONS),
      ...["round", "scale", "storage", "seed", "json", "out", "force"],
      ...["max-expand", "device", "memory", "quiet", "verbose", "help"],
    ],
    simulate: [
      ...["out", "force", "labels", "targets", "test", "test-labels", "test-targets"],
      ...["test-share", "max-expand", "strategies", "initial", "rounds", "budget", "seeds"],
      ...["subset", "head", "C", "hidden", "epochs", "scale", "json", "device", "memory"],
      ...["quiet", "verbose", "help"],
    ],
    strategies: ["json", "quiet", "verbose", "help"],
    doctor: ["json", "device", "memory", "quiet", "verbose", "help"],
    demo: [
      "out",
      "force",
      "budget",
      "seed",
      "json",
      "device",
      "memory",
      "quiet",
      "verbose",
      "help",
    ],
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
