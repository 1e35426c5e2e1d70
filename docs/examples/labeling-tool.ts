import { ActiveLearner, arrayRows, bait, openDevice, Pool } from "@creel/creel";

/** What the tool brings: how a person labels a sample, and where the project is kept. */
export interface LabelingTool {
  /** Shows a sample and returns the name of its class, or undefined to skip it. */
  ask(row: number): Promise<string | undefined>;
  /** Returns what was saved last, or undefined. */
  load(): Promise<string | undefined>;
  save(project: string): Promise<void>;
}

/** Asks for the labels that Creel wants next, `budget` of them, and returns the learner. */
export async function label(
  tool: LabelingTool,
  embeddings: Float32Array, // a row of `columns` numbers for each sample
  columns: number,
  classes: readonly string[],
  budget: number,
): Promise<ActiveLearner> {
  const device = await openDevice(); // a GPU, or else the CPU
  const pool = await Pool.from(device, arrayRows("embeddings", embeddings, columns));
  const options = { classes, strategy: bait };
  const saved = await tool.load();
  const learner = saved === undefined
    ? await ActiveLearner.create(pool, options)
    : await ActiveLearner.fromJSON(JSON.parse(saved), pool, options);
  while (learner.labels.length < budget && learner.candidates.length > 0) {
    const batch = Math.min(10, budget - learner.labels.length, learner.candidates.length);
    for (const row of (await learner.suggest(batch)).picks) {
      const name = await tool.ask(row);
      if (name === undefined) learner.skip(row);
      else learner.label(row, classes.indexOf(name));
      await tool.save(JSON.stringify(learner));
    }
  }
  return learner; // learner.predict(embeddings of others), saveHead(await learner.head())
}
