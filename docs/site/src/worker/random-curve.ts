/**
 * A second worker: what random labels would have done, computed while the person labels. It always
 * uses the CPU, so that the GPU is free for the person.
 *
 * @module
 */

import { arrayRows, keyOf, openDevice, Pool, sample, trainHead } from "../creel.ts";
import { accuracy } from "../metrics.ts";
import { expose } from "comlink";
import { Database, type StoredProject } from "../store/database.ts";
import { loadData, rowsOf } from "./data.ts";
import type { CurvePoint } from "./protocol.ts";

/** The number of random orders that are averaged. */
const SEEDS = 5;

/** What the page can ask this worker for. */
export class RandomCurve {
  /**
   * Simulates random labeling.
   *
   * @param project the project, whose file has the class of every sample
   * @param budget the number of labels between two points
   * @param most the number of labels of the last point
   * @param onCurve receives the mean curve whenever it has changed
   */
  async simulate(
    project: StoredProject | string,
    budget: number,
    most: number,
    onCurve: (curve: CurvePoint[]) => void,
  ): Promise<void> {
    const database = await Database.open();
    const stored = typeof project === "string" ? await database.project(project) : project;
    if (!stored) return;
    const data = await loadData(database, stored);
    using device = await openDevice({ device: "cpu" });
    using pool = await Pool.from(device, arrayRows("features", data.features, data.columns));
    const testRows = data.heldOut;
    const test = { data: rowsOf(data, testRows), columns: data.columns };
    const truth = testRows.map((row) => data.labels![row]!);
    const held = new Set(testRows);
    const free = Array.from({ length: data.rows }, (_, row) => row).filter((row) => !held.has(row));
    const largest = Math.min(most, free.length);
    const sums = new Map<number, { sum: number; count: number }>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const order = sample(free, free.length, keyOf(seed, "random"));
      for (let labels = budget; labels <= largest; labels += budget) {
        const indices = order.slice(0, labels);
        using head = await trainHead(
          pool,
          { indices, labels: indices.map((row) => data.labels![row]!) },
          { classes: stored.classes.length },
        );
        const point = sums.get(labels) ?? { sum: 0, count: 0 };
        point.sum += accuracy(await head.probabilities(test), truth);
        point.count++;
        sums.set(labels, point);
        onCurve([...sums].map(([labels, { sum, count }]) => ({ labels, accuracy: sum / count })));
      }
    }
  }
}

expose(new RandomCurve());
