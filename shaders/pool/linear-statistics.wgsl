// Of each row of probabilities P = softmax(X W^T + b): [max p, p1 - p2, entropy -sum p ln p,
// arg-max], where p1 and p2 are the largest two, without storing P or the logits. A workgroup owns
// 64 rows and goes through the classes in tiles of 64, each thread with 8 rows and 8 classes of a
// tile, as in matmul.wgsl. Of the classes so far it keeps the largest two logits z1 and z2,
// sum exp(z - z1), and sum (z - z1) exp(z - z1), from which all four numbers follow:
//   entropy = ln(sum exp(z - z1)) - sum (z - z1) exp(z - z1) / sum exp(z - z1)
// X is [rows, d] as f32 or packed half floats; W is [classes, d].
override half: u32 = 0u;

struct Params { rows: u32, d: u32, classes: u32, xOffset: u32, weight: u32, bias: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/pool/linear-statistics.ts
const STATISTICS_ROWS: u32 = 64u;
const LOWEST: f32 = -3e38;

// The side of a workgroup, quads of rows or classes in a tile, and features of a tile.
const SIDE: u32 = 8u;
const QUADS: u32 = 16u;
const DEPTH: u32 = 16u;

var<workgroup> tileX: array<vec4f, 256>;
var<workgroup> tileW: array<vec4f, 256>;
var<workgroup> halves: array<Classes, 256>;

// The logits of some classes of a sample: the largest and its class, the lowest of equal ones; the
// second; sum e^y; and sum y e^y, for y = z - top. Both sums are 0 before the first class.
struct Classes { top: f32, second: f32, sum: f32, slope: f32, label: u32 }

// Both together. Where y is below -200, e^y is 0, and no number may overflow.
fn merged(a: Classes, b: Classes) -> Classes {
  var high = a;
  var low = b;
  if (b.top > a.top || (b.top == a.top && b.label < a.label)) {
    high = b;
    low = a;
  }
  let shift = max(low.top - high.top, -200.0);
  let scale = exp(shift);
  high.second = max(high.second, low.top);
  high.sum += scale * low.sum;
  high.slope += scale * (low.slope + shift * low.sum);
  return high;
}

fn store(i: u32, row: Classes) {
  if (i >= params.rows) { return; }
  let p = 1.0 / row.sum;
  statistics[4u * i] = p;
  statistics[4u * i + 1u] = p - exp(max(row.second - row.top, -200.0)) / row.sum;
  statistics[4u * i + 2u] = log(row.sum) - row.slope / row.sum;
  statistics[4u * i + 3u] = f32(row.label);
}

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: half-numbers
// A number in an array of f32 or packed half floats: element `at` of x, an array<u32>, is
// numberIn(x[at >> half], at). Needs an override half, 1 for half floats.
fn numberIn(word: u32, at: u32) -> f32 {
  if (half == 1u) { return unpack2x16float(word)[at & 1u]; }
  return bitcast<f32>(word);
}
// end of part

// part: outer-product
// The outer product of two vectors; row i of the product is column i of the returned matrix.
fn products(left: vec4f, right: vec4f) -> mat4x4f {
  return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}
// end of part

fn loadX(row: u32, depth: u32) -> f32 {
  if (row >= params.rows || depth >= params.d) { return 0.0; }
  let at = params.xOffset + row * params.d + depth;
  return numberIn(x[at >> half], at);
}

fn loadW(class_: u32, depth: u32) -> f32 {
  if (class_ >= params.classes || depth >= params.d) { return 0.0; }
  return parameters[params.weight + class_ * params.d + depth];
}

// The logit of a class, and LOWEST beyond the last class.
fn logit(product: f32, class_: u32) -> f32 {
  if (class_ >= params.classes) { return LOWEST; }
  return product + parameters[params.bias + class_];
}

fn logits(products: vec4f, class_: u32) -> vec4f {
  return vec4f(logit(products.x, class_), logit(products.y, class_ + 1u),
    logit(products.z, class_ + 2u), logit(products.w, class_ + 3u));
}

fn seen(row: Classes, z: f32, class_: u32) -> Classes {
  if (z > row.top) { return Classes(z, row.top, row.sum, row.slope, class_); }
  return Classes(row.top, max(row.second, z), row.sum, row.slope, row.label);
}

// Adds eight classes: four from `left` on, and four from `right` on.
fn absorb(row: Classes, a: vec4f, b: vec4f, left: u32, right: u32) -> Classes {
  let y = logits(a, left);
  let z = logits(b, right);
  var next = seen(seen(seen(seen(row, y.x, left), y.y, left + 1u), y.z, left + 2u), y.w, left + 3u);
  next = seen(seen(seen(seen(next, z.x, right), z.y, right + 1u), z.z, right + 2u), z.w, right + 3u);
  // Further below, the exponential is 0; and no number may overflow.
  let yBelow = max(y - next.top, vec4f(-200.0));
  let zBelow = max(z - next.top, vec4f(-200.0));
  let four = vec4u(0u, 1u, 2u, 3u);
  let last = vec4u(params.classes);
  let yShare = select(vec4f(), exp(yBelow), left + four < last);
  let zShare = select(vec4f(), exp(zBelow), right + four < last);
  let shift = max(row.top - next.top, -200.0);
  let scale = exp(shift);
  next.sum = scale * row.sum + dot(yShare + zShare, vec4f(1.0));
  next.slope = scale * (row.slope + shift * row.sum) + dot(yShare, yBelow) + dot(zShare, zBelow);
  return next;
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row0 = groupIndex(group, groups) * STATISTICS_ROWS;
  let empty = Classes(LOWEST, LOWEST, 0.0, 0.0, 0xffffffffu);
  var r0 = empty; var r1 = empty; var r2 = empty; var r3 = empty;
  var r4 = empty; var r5 = empty; var r6 = empty; var r7 = empty;
  for (var class0 = 0u; class0 < params.classes; class0 += 64u) {
    var sums00 = mat4x4f();
    var sums01 = mat4x4f();
    var sums10 = mat4x4f();
    var sums11 = mat4x4f();
    for (var k0 = 0u; k0 < params.d; k0 += DEPTH) {
      for (var e = thread; e < QUADS * DEPTH; e += SIDE * SIDE) {
        // Neighboring threads read neighboring addresses.
        let depth = e % DEPTH;
        let quad = e / DEPTH;
        let row = row0 + 4u * quad;
        tileX[depth * QUADS + quad] = vec4f(loadX(row, k0 + depth), loadX(row + 1u, k0 + depth),
          loadX(row + 2u, k0 + depth), loadX(row + 3u, k0 + depth));
        let class_ = class0 + 4u * quad;
        tileW[depth * QUADS + quad] = vec4f(loadW(class_, k0 + depth),
          loadW(class_ + 1u, k0 + depth), loadW(class_ + 2u, k0 + depth),
          loadW(class_ + 3u, k0 + depth));
      }
      workgroupBarrier();
      for (var depth = 0u; depth < DEPTH; depth++) {
        let atX = depth * QUADS + local.y;
        let atW = depth * QUADS + local.x;
        let left = tileX[atX];
        let right = tileW[atW];
        sums00 += products(left, right);
        sums01 += products(left, tileW[atW + SIDE]);
        sums10 += products(tileX[atX + SIDE], right);
        sums11 += products(tileX[atX + SIDE], tileW[atW + SIDE]);
      }
      workgroupBarrier();
    }
    let left = class0 + 4u * local.x;
    let right = left + 4u * SIDE;
    r0 = absorb(r0, sums00[0], sums01[0], left, right);
    r1 = absorb(r1, sums00[1], sums01[1], left, right);
    r2 = absorb(r2, sums00[2], sums01[2], left, right);
    r3 = absorb(r3, sums00[3], sums01[3], left, right);
    r4 = absorb(r4, sums10[0], sums11[0], left, right);
    r5 = absorb(r5, sums10[1], sums11[1], left, right);
    r6 = absorb(r6, sums10[2], sums11[2], left, right);
    r7 = absorb(r7, sums10[3], sums11[3], left, right);
  }
  // The eight threads of a row: the upper half writes what the lower half merges, three times.
  for (var width = SIDE / 2u; width > 0u; width /= 2u) {
    let upper = local.x >= width && local.x < 2u * width;
    let slot = (local.x % width) * 64u + 8u * local.y;
    if (upper) {
      halves[slot] = r0; halves[slot + 1u] = r1; halves[slot + 2u] = r2; halves[slot + 3u] = r3;
      halves[slot + 4u] = r4; halves[slot + 5u] = r5; halves[slot + 6u] = r6; halves[slot + 7u] = r7;
    }
    workgroupBarrier();
    if (local.x < width) {
      r0 = merged(r0, halves[slot]); r1 = merged(r1, halves[slot + 1u]);
      r2 = merged(r2, halves[slot + 2u]); r3 = merged(r3, halves[slot + 3u]);
      r4 = merged(r4, halves[slot + 4u]); r5 = merged(r5, halves[slot + 5u]);
      r6 = merged(r6, halves[slot + 6u]); r7 = merged(r7, halves[slot + 7u]);
    }
    workgroupBarrier();
  }
  if (local.x > 0u) { return; }
  let row = row0 + 4u * local.y;
  store(row, r0); store(row + 1u, r1); store(row + 2u, r2); store(row + 3u, r3);
  let next = row + 4u * SIDE;
  store(next, r4); store(next + 1u, r5); store(next + 2u, r6); store(next + 3u, r7);
}

