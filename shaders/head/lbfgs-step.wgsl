// The decisions of L-BFGS, once for each evaluation of the objective. The chunks of `dots` and the
// terms of the loss are summed by one workgroup; one thread then accepts or rejects the trial
// point, stores the pair's dot products, and writes the coefficients of the next direction or the
// next step length, which lbfgs-move applies. src/kernels/head/lbfgs-step.ts has the same functions
// with explanations; src/kernels/head/lbfgs.ts describes the layout. If the status is not 0,
// nothing changes.
override history: u32 = 10u;

struct Params { terms: u32, chunks: u32, maxIterations: u32, tolerance: f32, epsilon: f32 }

@group(0) @binding(0) var<storage, read> terms: array<f32>;
@group(0) @binding(1) var<storage, read> dots: array<f32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/head/lbfgs-step.ts
const DECREASE: f32 = 0.0001;
const APPROXIMATE: f32 = 0.8;
const CURVATURE: f32 = 0.9;
const MOST_REFUSED: f32 = 20.0;
const PATIENCE: f32 = 50.0;
const HUGE: f32 = 1e30;

// constants of LbfgsStatus from src/kernels/head/lbfgs.ts
const CONVERGED: f32 = 1.0;
const LIMIT: f32 = 2.0;
const STALLED: f32 = 3.0;

// constants of State from src/kernels/head/lbfgs.ts
const STATUS: u32 = 0u;
const ITERATIONS: u32 = 1u;
const EVALUATIONS: u32 = 2u;
const LOSS: u32 = 3u;
const NORM: u32 = 4u;
const SQUARE: u32 = 5u;
const ACCEPT: u32 = 6u;
const SLOT: u32 = 7u;
const TURN: u32 = 8u;
const GO: u32 = 9u;
const ALPHA: u32 = 10u;
const OF_GRADIENT: u32 = 11u;
const PAIRS: u32 = 12u;
const NEXT: u32 = 13u;
const THRESHOLD: u32 = 14u;
const REFUSED: u32 = 15u;
const LOW: u32 = 16u;
const LOW_SLOPE: u32 = 17u;
const HIGH: u32 = 18u;
const HIGH_SLOPE: u32 = 19u;
const BEST_LOSS: u32 = 20u;
const BEST_NORM: u32 = 21u;
const IDLE: u32 = 22u;

// constants from src/kernels/head/lbfgs.ts
const LBFGS_HEADER: u32 = 24u;
const DOTS: u32 = 8u;

const THREADS: u32 = 256u;
// Indices in the last row of the dot products.
const VE: u32 = 0u;
const GE: u32 = 1u;
const WE: u32 = 2u;
const WW: u32 = 3u;
const VW: u32 = 4u;
const EE: u32 = 5u;
const VV: u32 = 6u;
const TOP: u32 = 7u;

// One thread makes all decisions, and waits for every number that it reads: the state is copied to
// workgroup memory.
var<workgroup> m: array<f32, LBFGS_HEADER + 2u * history + 2u * history * history>;
var<workgroup> sums: array<f32, (history + 1u) * DOTS>;

// part: sum-over
// The sum of one value per thread over `count` consecutive threads, which all of them receive;
// `count` is a power of two that divides THREADS. All threads of the workgroup must call sumOver,
// and there must be a barrier between two calls. Needs THREADS.
var<workgroup> partial: array<f32, THREADS>;

fn sumOver(count: u32, value: f32, thread: u32) -> f32 {
  let place = thread % count;
  partial[thread] = value;
  workgroupBarrier();
  for (var width = count / 2u; width > 0u; width /= 2u) {
    if (place < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  return partial[thread - place];
}
// end of part

fn ofS(j: u32) -> u32 { return LBFGS_HEADER + j; }

fn ofY(j: u32) -> u32 { return LBFGS_HEADER + history + j; }

fn sy(i: u32, j: u32) -> u32 { return LBFGS_HEADER + 2u * history + i * history + j; }

fn yy(i: u32, j: u32) -> u32 { return LBFGS_HEADER + (2u + history) * history + i * history + j; }

// The dot products of the current vectors, by their index in the last row.
fn own(place: u32) -> f32 { return sums[history * DOTS + place]; }

fn turn() {
  m[TURN] = 1.0;
  m[GO] = 1.0;
  m[LOW] = 0.0;
  m[LOW_SLOPE] = 0.0;
  m[HIGH] = 0.0;
  m[HIGH_SLOPE] = 0.0;
  m[REFUSED] = 0.0;
  let pairs = u32(m[PAIRS]);
  if (pairs == 0u) {
    m[OF_GRADIENT] = -1.0;
    m[ALPHA] = min(1.0, 1.0 / max(m[SQUARE], 1e-37));
    return;
  }
  let slot = u32(m[SLOT]);
  let newest = u32(m[NEXT]) + history - 1u;
  for (var i = 0u; i < pairs; i++) {
    let p = (newest - i) % history;
    var sum = sums[p * DOTS];
    if (p == slot) { sum = own(VE); }
    for (var k = 0u; k < i; k++) {
      let q = (newest - k) % history;
      sum -= m[ofY(q)] * m[sy(p, q)];
    }
    m[ofY(p)] = sum / m[sy(p, p)];
  }
  let last = newest % history;
  let gamma = m[sy(last, last)] / m[yy(last, last)];
  for (var left = pairs; left > 0u; left--) {
    let i = left - 1u;
    let p = (newest - i) % history;
    var sum = sums[p * DOTS + 1u];
    if (p == slot) { sum = own(VW); }
    for (var q = 0u; q < pairs; q++) { sum -= m[ofY(q)] * m[yy(p, q)]; }
    sum *= gamma;
    for (var k = left; k < pairs; k++) {
      let q = (newest - k) % history;
      sum -= m[ofS(q)] * m[sy(q, p)];
    }
    m[ofS(p)] = sum / m[sy(p, p)] - m[ofY(p)];
  }
  for (var p = 0u; p < pairs; p++) { m[ofY(p)] *= gamma; }
  m[OF_GRADIENT] = -gamma;
  m[ALPHA] = 1.0;
}

fn arrive(loss: f32) {
  let top = own(TOP);
  m[ACCEPT] = 1.0;
  m[LOSS] = loss;
  m[NORM] = top;
  m[SQUARE] = own(VV);
  let best = m[BEST_LOSS];
  if (loss < best - params.epsilon * abs(best) || top < 0.9 * m[BEST_NORM]) {
    m[BEST_LOSS] = min(best, loss);
    m[BEST_NORM] = min(m[BEST_NORM], top);
    m[IDLE] = 0.0;
  } else {
    m[IDLE] += 1.0;
  }
  if (top <= m[THRESHOLD]) { m[STATUS] = CONVERGED; }
  else if (m[ITERATIONS] >= f32(params.maxIterations)) { m[STATUS] = LIMIT; }
  else if (m[IDLE] >= PATIENCE) { m[STATUS] = STALLED; }
  else { turn(); }
}

fn keepPair() {
  let slot = u32(m[NEXT]);
  for (var j = 0u; j < u32(m[PAIRS]); j++) {
    m[sy(slot, j)] = sums[j * DOTS + 2u];
    m[sy(j, slot)] = sums[j * DOTS + 3u];
    m[yy(slot, j)] = sums[j * DOTS + 4u];
    m[yy(j, slot)] = sums[j * DOTS + 4u];
  }
  m[sy(slot, slot)] = own(WE);
  m[yy(slot, slot)] = own(WW);
  m[SLOT] = f32(slot);
  m[PAIRS] = min(f32(history), m[PAIRS] + 1.0);
  m[NEXT] = f32((slot + 1u) % history);
}

fn turnBack() {
  if (m[PAIRS] == 0.0) {
    m[STATUS] = STALLED;
    return;
  }
  m[PAIRS] = 0.0;
  m[NEXT] = 0.0;
  turn();
}

fn search(sound: bool, tooHigh: bool) {
  m[REFUSED] += 1.0;
  if (m[REFUSED] > MOST_REFUSED) {
    turnBack();
    return;
  }
  m[GO] = 1.0;
  let alpha = m[ALPHA];
  let slope = own(VE) / alpha;
  let low = m[LOW];
  var lowSlope = m[LOW_SLOPE];
  if (low == 0.0) { lowSlope = own(GE) / alpha; }
  if (sound && !tooHigh && slope < 0.0) {
    m[LOW] = alpha;
    m[LOW_SLOPE] = slope;
    if (m[HIGH] == 0.0) {
      var secant = HUGE;
      if (slope > lowSlope) { secant = alpha - slope * (alpha - low) / (slope - lowSlope); }
      m[ALPHA] = min(max(secant, 2.0 * alpha), 10.0 * alpha);
      return;
    }
  } else {
    m[LOW_SLOPE] = lowSlope;
    m[HIGH] = alpha;
    m[HIGH_SLOPE] = select(0.0, max(slope, 0.0), sound);
  }
  let start = m[LOW];
  let width = m[HIGH] - start;
  var share = select(0.1, 0.5, sound && start > 0.0);
  if (m[HIGH_SLOPE] > 0.0 && u32(m[REFUSED]) % 3u != 0u) {
    share = m[LOW_SLOPE] / (m[LOW_SLOPE] - m[HIGH_SLOPE]);
  }
  m[ALPHA] = start + width * min(max(share, 0.1), 0.9);
}

fn decide(loss: f32) {
  m[EVALUATIONS] += 1.0;
  if (m[EVALUATIONS] == 1.0) {
    m[THRESHOLD] = params.tolerance * max(1.0, own(TOP));
    m[BEST_LOSS] = loss;
    m[BEST_NORM] = own(TOP);
    arrive(loss);
    return;
  }
  let sound = loss < HUGE;
  if (sound && own(TOP) <= m[THRESHOLD]) {
    m[ITERATIONS] += 1.0;
    arrive(loss);
    return;
  }
  let slope0 = own(GE);
  if (slope0 >= 0.0) {
    turnBack();
    return;
  }
  let before = m[LOSS];
  let noise = params.epsilon * abs(before);
  let decreased = loss <= before + DECREASE * slope0 ||
    (loss <= before + noise && own(VE) <= -APPROXIMATE * slope0);
  if (sound && decreased && abs(own(VE)) <= -CURVATURE * slope0) {
    m[ITERATIONS] += 1.0;
    if (own(WE) > params.epsilon * sqrt(own(EE)) * sqrt(own(WW))) { keepPair(); }
    arrive(loss);
    return;
  }
  search(sound, loss > before + DECREASE * slope0 + noise);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let length = LBFGS_HEADER + 2u * history + 2u * history * history;
  for (var e = thread; e < length; e += THREADS) { m[e] = state[e]; }
  let columns = (history + 1u) * DOTS;
  for (var c = thread; c < columns; c += THREADS) {
    var sum = 0.0;
    for (var chunk = 0u; chunk < params.chunks; chunk++) {
      let value = dots[chunk * columns + c];
      if (c + 1u == columns) { sum = max(sum, value); } else { sum += value; }
    }
    sums[c] = sum;
  }
  var loss = 0.0;
  for (var e = thread; e < params.terms; e += THREADS) { loss += terms[e]; }
  let total = sumOver(THREADS, loss, thread);
  if (thread == 0u) {
    m[ACCEPT] = 0.0;
    m[TURN] = 0.0;
    m[GO] = 0.0;
    m[SLOT] = f32(history);
    if (m[STATUS] == 0.0) { decide(total); }
  }
  workgroupBarrier();
  for (var e = thread; e < length; e += THREADS) { state[e] = m[e]; }
}
