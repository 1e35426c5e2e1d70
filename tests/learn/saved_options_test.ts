/** The options of the strategy in a save: whatever the file says, they are checked. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { arrayRows } from "../../src/io/rows.ts";
import { ActiveLearner } from "../../src/learn/learner/learner.ts";
import { loadLearner, saveLearner } from "../../src/learn/learner/save-file.ts";
import type { LearnerState } from "../../src/learn/learner/state.ts";
import { Pool } from "../../src/pool/pool.ts";
import { falcun } from "../../src/select/strategies/falcun.ts";
import { sharedDevice } from "../fixture.ts";
import { inFolder, refuses } from "../io/fixtures.ts";

Deno.test("a save whose options of the strategy are wrong is refused in one sentence", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "falcun.creel");
    using pool = await Pool.from(
      await sharedDevice("cpu"),
      arrayRows("rows", [[0, 1], [1, 0], [2, 2]]),
    );
    using learner = await ActiveLearner.create(pool, { strategy: falcun({ gamma: 2 }) });
    const state = learner.toJSON();
    const saved = (strategyOptions: unknown) =>
      ({ ...state, settings: { ...state.settings, strategyOptions } }) as LearnerState;
    const has = "it has gamma, deterministic, members, dropout, candidates, partitions";
    const cases: [options: Record<string, unknown>, problem: string][] = [
      [{ gamma: "2" }, 'Option gamma of falcun must be a positive float32 number: found "2"'],
      [{ gamma: true }, "Option gamma of falcun must be a positive float32 number: found true"],
      [{ deterministic: 1 }, "Option deterministic of falcun must be true or false: found 1"],
      [
        { candidates: 0.5 },
        "Option candidates of falcun must be a whole number, 1 or more: found 0.5",
      ],
      [
        { gama: 2 },
        `Unknown option gama of falcun: ${has}`,
      ],
      [
        JSON.parse('{"__proto__": 2}'),
        `Unknown option __proto__ of falcun: ${has}`,
      ],
      [
        { constructor: 2 },
        `Unknown option constructor of falcun: ${has}`,
      ],
    ];
    for (const [options, problem] of cases) {
      // A whole, undamaged file, whose digest fits its content.
      saveLearner(saved(options), path);
      const sentence =
        `Cannot use the strategy of the saved learner: ${problem} (give the option ` +
        "strategy)";
      await refuses(() => loadLearner(path, pool), sentence);
      await refuses(() => ActiveLearner.fromJSON(saved(options), pool), sentence);
      using again = await loadLearner(path, pool, { strategy: falcun({ gamma: 2 }) });
      assert.deepEqual(again.settings, learner.settings);
    }
    for (
      const options of [null, [], [1], "gamma=2", 2, { gamma: null }, { gamma: [2] }, { gamma: {} }]
    ) {
      const damaged = "(the options of its strategy are no values by name)";
      await refuses(
        () => ActiveLearner.fromJSON(saved(options), pool),
        `Cannot load the saved learner: it is damaged ${damaged}`,
      );
      // As a file that another program has changed.
      const text = JSON.stringify({ ...state.settings, strategyOptions: options });
      saveLearner(learner, path, { force: true });
      const database = new DatabaseSync(path);
      database.prepare("UPDATE meta SET value = ? WHERE key = 'settings'").run(text);
      database.close();
      await refuses(() => loadLearner(path, pool), `Cannot load ${path}: it is damaged ${damaged}`);
    }
  });
});
