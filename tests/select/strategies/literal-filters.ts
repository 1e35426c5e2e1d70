/** Literal implementations of the strategies that filter and cluster, and problems for them. */

import { arrayRows } from "../../../src/io/rows.ts";
import { counterHash, keyOf } from "../../../src/random/counter-hash.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { kMeans } from "../../../src/select/geometry/k-means.ts";
import { Random, sharedDevice } from "../../fixture.ts";
import { rowsOf } from "../problems.ts";

/** Clusters with a head that is fairly sure of some. */
export function problem(seed: number, rows = 220, columns = 11, classes = 4) {
  const random = new Random(seed);
  const centers = rowsOf(random.normals(classes * columns, 1.2), columns);
  const features = Array.from(
    { length: rows },
    (_, i) => Array.from(random.normals(columns), (v, f) => v + centers[i % classes]![f]!),
  ).map((row) => row.map(Math.fround));
  const weight = rowsOf(random.normals(classes * columns, 0.4), columns);
  const bias = Array.from(random.normals(classes, 0.3));
  const [first, second, third, fourth, ...excluded] = random.distinct(11, rows);
  const labeled = [first!, second!, third!, fourth!];
  const barred = new Set([...labeled, ...excluded]);
  const candidates = features.map((_, i) => i).filter((i) => !barred.has(i));
  return { random, features, head: { weight, bias }, labeled, excluded, candidates };
}

/** A linear head. */
type Head = { weight: number[][]; bias: number[] };

const logitsOf = ({ weight, bias }: Head, x: readonly number[]) =>
  weight.map((row, k) => row.reduce((sum, w, f) => sum + w * x[f]!, bias[k]!));

const softmax = (z: readonly number[]) => {
  const powers = z.map((value) => Math.exp(value - Math.max(...z)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
};

const argMax = (z: readonly number[]) => z.indexOf(Math.max(...z));

/** The distance of two points. */
export const distance = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((value, f) => value - b[f]!));

/**
 * The nearest to the center of each k-means cluster of the normalized rows, then the nearest of the
 * rest.
 */
export async function literalRepresentatives(
  features: readonly number[][],
  indices: readonly number[],
  count: number,
  seed = 0,
) {
  const device = await sharedDevice("cpu");
  const rows = indices.map((index) => features[index]!);
  const columns = rows[0]!.length;
  const unit = rows.map((row) => row.map((value) => Math.fround(value / Math.hypot(...row))));
  using pool = await Pool.from(
    device,
    arrayRows("features", Float32Array.from(unit.flat()), columns),
  );
  const { assignment } = await kMeans(pool, { clusters: count, key: keyOf(seed, "clusters", 0) });
  const members = Array.from(
    { length: count },
    (_, c) => unit.map((_, i) => i).filter((i) => assignment[i] === c),
  );
  const toCenter = new Map<number, number>();
  for (const cluster of members) {
    const mean = unit[0]!.map((_, f) =>
      cluster.reduce((sum, i) => sum + unit[i]![f]!, 0) / cluster.length
    );
    for (const i of cluster) toCenter.set(i, distance(unit[i]!, mean));
  }
  const byDistance = (a: number, b: number) => toCenter.get(a)! - toCenter.get(b)! || a - b;
  const picks = members.flatMap((cluster) => cluster.toSorted(byDistance).slice(0, 1));
  const rest = unit.map((_, i) => i).filter((i) => !picks.includes(i)).sort(byDistance);
  return [...picks, ...rest].slice(0, count).map((i) => indices[i]!);
}

/** Cluster-Margin by its definition. */
export async function literalClusterMargin(
  { features, head, candidates }: ReturnType<typeof problem>,
  budget: number,
  clusters: number,
) {
  const device = await sharedDevice("cpu");
  const source = arrayRows("features", Float32Array.from(features.flat()), features[0]!.length);
  using pool = await Pool.from(device, source);
  const { assignment } = await kMeans(pool, { clusters, key: keyOf(0, "clusters", 0) });
  const margins = features.map((x) => {
    const [first, second] = softmax(logitsOf(head, x)).sort((a, b) => b - a);
    return first! - second!;
  });
  const close = candidates.toSorted((a, b) => margins[a]! - margins[b]! || a - b).slice(
    0,
    10 * budget,
  );
  const queues = Array.from(
    { length: clusters },
    (_, c) => close.filter((index) => assignment[index] === c),
  ).filter((queue) => queue.length > 0).sort((a, b) => a.length - b.length);
  const picks: number[] = [];
  while (picks.length < budget) {
    for (const queue of queues) {
      const next = queue.shift();
      if (next !== undefined && picks.length < budget) picks.push(next);
    }
  }
  return picks;
}

/** The features that a dropout leaves of a sample. */
const dropped = (x: readonly number[], index: number, key: number, stride: number) =>
  x.map((value, f) => counterHash(index * stride + f, key) >= 0.75 * 2 ** 32 ? 4 * value : 0);

/** DropQuery by its definition: its candidates. */
export function literalDropQuery(
  { features, head, candidates }: ReturnType<typeof problem>,
  budget: number,
) {
  const changes = features.map((x, index) =>
    [0, 1, 2].filter((time) => {
      const other = dropped(x, index, counterHash(time, keyOf(0, "features", 0)), 16);
      return argMax(logitsOf(head, other)) !== argMax(logitsOf(head, x));
    }).length
  );
  const twice = candidates.filter((index) => changes[index]! > 1);
  const once = candidates.filter((index) => changes[index]! > 0);
  if (twice.length >= 25 * budget) return { chosen: twice, rule: "twice" };
  return once.length >= budget
    ? { chosen: once, rule: "once" }
    : { chosen: candidates, rule: "all" };
}

/** ALFA-Mix by its definition, anchor by anchor: its candidates. */
export function literalAlfaMix(given: ReturnType<typeof problem>, labels: readonly number[]) {
  const { features, head, labeled, candidates } = given;
  const columns = features[0]!.length;
  const anchors = [...new Set(labels)].map((label) => {
    const members = labeled.filter((_, at) => labels[at] === label);
    return features[0]!.map((_, f) =>
      members.reduce((sum, i) => sum + features[i]![f]!, 0) / members.length
    );
  });
  return candidates.filter((index) => {
    const x = features[index]!;
    const z = logitsOf(head, x);
    const top = argMax(z);
    const q = softmax(z).map((p, k) => p - (k === top ? 1 : 0));
    const gradient = x.map((_, f) => q.reduce((sum, v, k) => sum + v * head.weight[k]![f]!, 0));
    const length = Math.hypot(...gradient);
    return length > 0 && anchors.some((anchor) => {
      const step = 0.2 / Math.sqrt(columns) * distance(anchor, x) / length;
      return argMax(logitsOf(head, x.map((v, f) => v + step * gradient[f]!))) !== top;
    });
  });
}
