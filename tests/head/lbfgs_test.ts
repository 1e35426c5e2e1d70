/**
 * The L-BFGS kernels: against their twins, on functions with known minima, and where they must
 * stop.
 */

import assert from "node:assert/strict";
import {
  DOTS,
  LBFGS_HEADER,
  lbfgsLayout,
  LbfgsStatus,
  State,
} from "../../src/kernels/head/lbfgs.ts";
import { lbfgsDots } from "../../src/kernels/head/lbfgs-dots.ts";
import { lbfgsMove } from "../../src/kernels/head/lbfgs-move.ts";
import { lbfgsStep } from "../../src/kernels/head/lbfgs-step.ts";
import {
  assertClose,
  compareKernel,
  deviceTest,
  gpuTest,
  Random,
  sharedDevice,
} from "../fixture.ts";
import { type Objective, recordSearch } from "./recorded-search.ts";

/** A state with so many pairs, and something to be read by `lbfgs-move`. */
function stateWith(
  random: Random,
  history: number,
  values: Partial<Record<keyof typeof State, number>>,
) {
  const state = random.normals(lbfgsLayout(history).size);
  state.fill(0, 0, LBFGS_HEADER);
  for (const [name, value] of Object.entries(values)) {
    state[State[name as keyof typeof State]] = value;
  }
  return state;
}

gpuTest("lbfgs-dots: any number of pairs, chunks that do not fit", async () => {
  const random = new Random(1);
  for (
    const [size, chunk, history, pairs, status] of [
      [1, 2048, 10, 0, 0],
      [37, 2048, 3, 2, 0],
      [1000, 300, 10, 10, 0],
      [2311, 1024, 4, 4, 0],
      [50, 20, 4, 4, LbfgsStatus.converged],
    ] as const
  ) {
    const chunks = Math.ceil(size / chunk);
    await compareKernel(lbfgsDots, {
      tensors: {
        state: {
          shape: [lbfgsLayout(history).size],
          data: stateWith(random, history, { pairs, status }),
        },
        trial: { shape: [size], data: random.normals(size) },
        gradient: { shape: [size], data: random.normals(size) },
        work: { shape: [3, size], data: random.normals(3 * size) },
        s: { shape: [history, size], data: random.normals(history * size) },
        y: { shape: [history, size], data: random.normals(history * size) },
        dots: { shape: [chunks, history + 1, DOTS] },
      },
      params: { size, chunk },
      constants: { history },
    }, { relative: 1e-4, absolute: 1e-3 });
  }
});

gpuTest("lbfgs-move: accepts, turns and goes, each alone and together", async () => {
  const random = new Random(2);
  for (let flags = 0; flags < 8; flags++) {
    const [accept, turn, go] = [flags & 1, flags >> 1 & 1, flags >> 2];
    for (const [size, history, pairs, slot] of [[1, 10, 0, 10], [300, 3, 2, 1], [1031, 4, 4, 0]]) {
      await compareKernel(lbfgsMove, {
        tensors: {
          state: {
            shape: [lbfgsLayout(history!).size],
            data: stateWith(random, history!, {
              ...{ accept, turn, go, pairs: pairs!, slot: slot! },
              ...{ alpha: 0.375, ofGradient: -1.5 },
            }),
          },
          gradient: { shape: [size!], data: random.normals(size!) },
          trial: { shape: [size!], data: random.normals(size!) },
          work: { shape: [3, size!], data: random.normals(3 * size!) },
          s: { shape: [history!, size!], data: random.normals(history! * size!) },
          y: { shape: [history!, size!], data: random.normals(history! * size!) },
        },
        params: { size: size! },
        constants: { history: history! },
      }, { relative: 1e-5, absolute: 1e-5 });
    }
  }
});

/** Convex quadratic with eigenvalues from 1 to `condition` and its minimum of 1 at 1, 2, 3, .... */
function quadratic(size: number, condition: number): Objective {
  return (x, gradient) => {
    let loss = 1;
    for (let i = 0; i < size; i++) {
      const eigenvalue = condition ** (i / Math.max(1, size - 1));
      const distance = x[i]! - i - 1;
      loss += 0.5 * eigenvalue * distance * distance;
      gradient[i] = eigenvalue * distance;
    }
    return loss;
  };
}

/**
 * Flat valleys between steep walls: `sum log cosh(scale (x - i))`, whose slope shows no distance.
 */
function walls(size: number, scale: number): Objective {
  return (x, gradient) => {
    let loss = 0.1;
    for (let i = 0; i < size; i++) {
      const u = scale * (x[i]! - i);
      loss += Math.abs(u) + Math.log1p(Math.exp(-2 * Math.abs(u))) - Math.LN2;
      gradient[i] = scale * Math.tanh(u);
    }
    return loss;
  };
}

/** A function that changes its mind after some calls: its gradient then points the wrong way. */
function liar(honest: Objective, calls: number): Objective {
  let left = calls;
  return (x, gradient) => {
    const loss = honest(x, gradient);
    if (left-- > 0) return loss;
    for (let i = 0; i < x.length; i++) gradient[i]! *= -1;
    return 2 * loss + 5;
  };
}

/** A function that overflows away from its minimum. */
function brittle(honest: Objective, reach: number): Objective {
  return (x, gradient) => {
    const loss = honest(x, gradient);
    return Math.max(...Array.from(x, Math.abs)) > reach ? 3e38 : loss;
  };
}

const defaults = { maxIterations: 100, tolerance: 1e-5, epsilon: 2e-6 };
/** A search, and how it ends. */
interface Search {
  readonly objective: () => Objective;
  readonly size: number;
  readonly history?: number;
  readonly params?: Partial<typeof defaults>;
  readonly ends: keyof typeof LbfgsStatus;
  /** The least curvature at the minimum. */
  readonly curvature?: number;
}

const searches: Record<string, Search> = {
  quadratic: {
    objective: () => quadratic(37, 300),
    size: 37,
    history: 3,
    ends: "converged",
    curvature: 1,
  },
  "steep walls": { objective: () => walls(5, 40), size: 5, ends: "converged", curvature: 1600 },
  "gentle walls": {
    ...{ objective: () => walls(3, 0.05), size: 3, ends: "converged" },
    params: { tolerance: 1e-6 },
    curvature: 0.0025,
  },
  brittle: {
    objective: () => brittle(walls(4, 0.5), 8),
    size: 4,
    history: 5,
    ends: "converged",
    curvature: 0.25,
  },
  limit: {
    ...{ objective: () => quadratic(20, 1e4), size: 20, ends: "limit" },
    params: { maxIterations: 7 },
  },
  liar: { objective: () => liar(quadratic(9, 100), 5), size: 9, ends: "stalled" },
  "liar from the start": {
    ...{ objective: () => liar(quadratic(9, 100), 1), size: 9, ends: "stalled" },
  },
};

/** The settings of a search, with the defaults. */
function settingsOf({ size, history = 10, params = {} }: Search, chunk: number) {
  return { size, history, chunk, params: { ...defaults, ...params } };
}

gpuTest("lbfgs-step: every step of searches of all kinds", async () => {
  const cpu = await sharedDevice("cpu");
  const events = new Set<string>();
  for (const [name, search] of Object.entries(searches)) {
    const chunk = 16;
    const settings = settingsOf(search, chunk);
    const { size, history, params } = settings;
    const { steps } = await recordSearch(cpu, search.objective(), settings);
    for (const { before, after, dots, terms } of steps) {
      await compareKernel(lbfgsStep, {
        tensors: {
          terms: { shape: [1], data: terms },
          dots: { shape: [dots.length], data: dots },
          state: { shape: [before.length], data: before },
        },
        params: { terms: 1, chunks: Math.ceil(size / chunk), ...params },
        constants: { history },
      }, { relative: 1e-3, absolute: 1e-4 });
      events.add(eventOf(before, after, name));
    }
  }
  const all = ["nothing", "accepted", "expanded", "narrowed", "turned back", "ended"];
  assert.deepEqual([...events].sort(), all.toSorted(), "not every branch was taken");
});

function eventOf(before: number[], after: number[], name: string): string {
  if (before[State.status] !== LbfgsStatus.running) {
    assert.deepEqual(
      [after[State.accept], after[State.turn], after[State.go]],
      [0, 0, 0],
      `${name}: something moves after the end`,
    );
    return "nothing";
  }
  if (after[State.status] !== LbfgsStatus.running) return "ended";
  if (after[State.accept] === 1) return "accepted";
  if (after[State.turn] === 1) return "turned back";
  return after[State.high] === 0 ? "expanded" : "narrowed";
}

gpuTest("lbfgs-step: many terms and many chunks are summed", async () => {
  const random = new Random(3);
  const history = 4;
  for (const [terms, chunks] of [[1, 1], [700, 64], [257, 5]] as const) {
    const dots = random.uniforms(chunks * (history + 1) * DOTS, 0, 1);
    await compareKernel(lbfgsStep, {
      tensors: {
        terms: { shape: [terms], data: random.uniforms(terms, 0, 1) },
        dots: { shape: [chunks, history + 1, DOTS], data: dots },
        state: { shape: [lbfgsLayout(history).size] },
      },
      params: { terms, chunks, ...defaults },
      constants: { history },
    }, { relative: 1e-5 });
  }
});

deviceTest("L-BFGS finds minima, and stops where there is none", async (device) => {
  for (const [name, search] of Object.entries(searches)) {
    const { objective, size, ends } = search;
    const settings = settingsOf(search, 2048);
    const { steps, solution, trials } = await recordSearch(device, objective(), settings);
    const { after } = steps.at(-1)!;
    assert.equal(after[State.status], LbfgsStatus[ends], name);
    // Once it has ended, the state and the trial point stay as they are.
    assert.deepEqual(steps.at(-1)!.after, steps.at(-2)!.after, name);
    assert.deepEqual(trials.at(-1), trials.at(-2), name);
    assert.equal(after[State.evaluations], steps.length - 2, name);
    assert.ok(solution.every(Number.isFinite), name);
    if (search.curvature === undefined) continue;
    const gradient = new Float64Array(size);
    objective()(solution, gradient);
    const norm = Math.max(...gradient.map(Math.abs));
    assert.ok(norm <= 1.01 * after[State.threshold]!, `${name}: |g| is ${norm}`);
    // A gradient bounds the distance from the minimum.
    const absolute = 1.1 * Math.sqrt(size) * norm / search.curvature + 1e-5;
    const expected = Array.from({ length: size }, (_, i) => name === "quadratic" ? i + 1 : i);
    assertClose(solution, expected, { absolute }, name);
  }
});

deviceTest("L-BFGS needs few evaluations on a quadratic", async (device) => {
  // SciPy 1.17's L-BFGS-B with 10 pairs takes 29 evaluations to the same gradient.
  const settings = { size: 50, history: 10, chunk: 32, params: defaults };
  const { steps } = await recordSearch(device, quadratic(50, 30), settings);
  assert.ok(steps.length - 2 <= 40, `${steps.length - 2} evaluations`);
});
