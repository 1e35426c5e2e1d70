/**
 * Softmax regression as a textbook does it, in float64: Newton's method with the whole Hessian, for
 * small problems. Independent of the engine: it shares no code with it.
 */

/** What is fitted: features as rows, a class for each, K and C. */
export interface Problem {
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly classes: number;
  readonly C: number;
}

/** `C sum_i CE_i + 1/2 |W|^2` and its gradient by `[W_k | b_k]`, k = 0, 1, ..., laid end to end. */
export function objective(
  { rows, labels, classes, C }: Problem,
  parameters: ArrayLike<number>,
): { loss: number; gradient: Float64Array; probabilities: number[][] } {
  const width = rows[0]!.length + 1;
  const gradient = new Float64Array(classes * width);
  let loss = 0;
  const probabilities = rows.map((row, i) => {
    const p = softmax(row, parameters, classes);
    loss -= C * Math.log(p[labels[i]!]!);
    for (let k = 0; k < classes; k++) {
      const residual = C * (p[k]! - (k === labels[i] ? 1 : 0));
      for (let f = 0; f < width; f++) gradient[k * width + f]! += residual * (row[f] ?? 1);
    }
    return p;
  });
  for (let e = 0; e < gradient.length; e++) {
    if (e % width === width - 1) continue;
    loss += parameters[e]! ** 2 / 2;
    gradient[e]! += parameters[e]!;
  }
  return { loss, gradient, probabilities };
}

/** The class probabilities of one row. */
export function softmax(
  row: readonly number[],
  parameters: ArrayLike<number>,
  classes: number,
): number[] {
  const width = row.length + 1;
  const logits = Array.from({ length: classes }, (_, k) => {
    let sum = parameters[k * width + row.length]!;
    row.forEach((value, f) => sum += value * parameters[k * width + f]!);
    return sum;
  });
  const top = Math.max(...logits);
  const total = logits.reduce((sum, z) => sum + Math.exp(z - top), 0);
  return logits.map((z) => Math.exp(z - top) / total);
}

/** The minimum: `[W_k | b_k]` end to end, biases summing to 0. */
export function newton(problem: Problem): { parameters: Float64Array; loss: number } {
  const { rows, classes, C } = problem;
  const width = rows[0]!.length + 1;
  const size = classes * width;
  const parameters = new Float64Array(size);
  for (let iteration = 0; iteration < 60; iteration++) {
    const { loss, gradient, probabilities } = objective(problem, parameters);
    if (Math.max(...gradient.map(Math.abs)) < 1e-11) break;
    const hessian = Array.from({ length: size }, (_, e) =>
      Float64Array.from(
        { length: size + 1 },
        (_, o) =>
          o === size
            ? gradient[e]!
            : (e % width < width - 1 ? +(e === o) : +(o % width === width - 1)),
      ));
    rows.forEach((row, i) => {
      const p = probabilities[i]!;
      for (let e = 0; e < size; e++) {
        for (let o = 0; o < size; o++) {
          const [k, l] = [Math.floor(e / width), Math.floor(o / width)];
          hessian[e]![o]! += C * p[k]! * ((k === l ? 1 : 0) - p[l]!) *
            (row[e % width] ?? 1) * (row[o % width] ?? 1);
        }
      }
    });
    const step = solve(hessian);
    for (let scale = 1;; scale /= 2) {
      const next = parameters.map((value, e) => value - scale * step[e]!);
      if (scale > 1e-9 && objective(problem, next).loss > loss) continue;
      parameters.set(next);
      break;
    }
  }
  return { parameters, loss: objective(problem, parameters).loss };
}

/** Gauss-Jordan elimination with pivoting on rows `[a | b]`. */
function solve(rows: Float64Array[]): Float64Array {
  const size = rows.length;
  for (let p = 0; p < size; p++) {
    let best = p;
    for (let i = p + 1; i < size; i++) {
      if (Math.abs(rows[i]![p]!) > Math.abs(rows[best]![p]!)) best = i;
    }
    [rows[p], rows[best]] = [rows[best]!, rows[p]!];
    const pivot = rows[p]!.map((value) => value / rows[p]![p]!);
    rows[p] = pivot;
    for (let i = 0; i < size; i++) {
      const factor = rows[i]![p]!;
      if (i === p || factor === 0) continue;
      for (let j = p; j <= size; j++) rows[i]![j]! -= factor * pivot[j]!;
    }
  }
  return Float64Array.from(rows, (row) => row[size]!);
}
