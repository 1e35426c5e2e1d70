// The last dispatch of a pick of rank 1: of every sample i, with its features in tiles (tile-rows),
//   a = w_i x_i . W    z = w_i x_i . Z    G_i -= a^2    H_i -= 2 a z    score = H_i / (1 + G_i)
// and the best sample of every tile, whose record is [score, place in the tile, G, w]. A thread has
// four neighboring samples; W and Z are in workgroup memory, so that the products need no barrier.
// Samples that were picked keep C = 1 / (1 + G) and C H C instead, as in update-scores, and their
// scores do not change; neither do those of samples that are no candidates. The drift is the
// deviation of the pick's forms from what W and Z say. Without `updates` the forms do not change.
override half: u32 = 0u;
override updates: u32 = 1u;

struct Params { rows: u32, base: u32, count: u32, step: u32, d: u32 }

@group(0) @binding(0) var<storage, read> tiles: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> wz: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> picks: array<u32>;
@group(0) @binding(4) var<storage, read_write> forms: array<f32>;
@group(0) @binding(5) var<storage, read_write> scores: array<f32>;
@group(0) @binding(6) var<storage, read_write> pick: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

// constants from src/kernels/bait/pick.ts
const PICK_HEADER: u32 = 8u;
const MASKED: f32 = -3.3e38;
const PICKED: f32 = -3.4e38;
const LEAST_FORM: f32 = 1e-7;
const TILE_ROWS: u32 = 256u;

const THREADS: u32 = TILE_ROWS / 4u;
// The pairs of features of which W and Z are in workgroup memory at a time.
const PART: u32 = 256u;

// W and Z of one feature, then of the next.
var<workgroup> directions: array<vec4f, PART>;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: best-of
// The maximum of one value per thread, and its index; of equal values the lowest index wins. The
// result is in best[0] and at[0]. All threads of the workgroup must call findBest. Needs THREADS, a
// power of two.
var<workgroup> best: array<f32, THREADS>;
var<workgroup> at: array<u32, THREADS>;

fn isBetter(value: f32, index: u32, other: f32, otherIndex: u32) -> bool {
  return value > other || (value == other && index < otherIndex);
}

fn findBest(value: f32, index: u32, thread: u32) {
  best[thread] = value;
  at[thread] = index;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (thread < width) {
      let other = thread + width;
      if (isBetter(best[other], at[other], best[thread], at[thread])) {
        best[thread] = best[other];
        at[thread] = at[other];
      }
    }
    workgroupBarrier();
  }
}
// end of part

// The best of the samples of a thread so far. One beyond the last row has the lowest score, and
// never the lowest index.
var<private> score: f32 = PICKED;
var<private> sample: u32;

fn update(i: u32, productW: f32, productZ: f32) {
  if (i >= params.rows) { return; }
  let a = weights[i] * productW;
  let z = weights[i] * productZ;
  let index = params.base + i;
  let old = scores[index];
  let picked = updates == 1u && picks[params.step] == index;
  let member = old <= PICKED;
  var g = forms[2u * i];
  var h = forms[2u * i + 1u];
  if (picked) {
    // a L should be G, and (z + a T / 2) L should be H.
    let innerAt = PICK_HEADER + params.d + 1u;
    let lower = pick[innerAt + 1u];
    let seen = (z + 0.5 * a * pick[innerAt]) * lower;
    let drift = max(abs(g - a * lower) / (1.0 + abs(g)), abs(h - seen) / max(abs(h), 1e-30));
    pick[0] = max(pick[0], drift);
  } else if (updates == 1u) {
    g -= select(1.0, -1.0, member) * a * a;
    h -= 2.0 * a * z;
  }
  let c = 1.0 / max(select(1.0, 0.0, member) + g, LEAST_FORM);
  var value = h * c;
  if (picked) {
    g = c;
    h *= c * c;
  }
  if (updates == 1u) {
    forms[2u * i] = g;
    forms[2u * i + 1u] = h;
  }
  if (old <= MASKED) { value = old; }
  if (picked) { value = PICKED; }
  scores[index] = value;
  if (value > score) {
    score = value;
    sample = i;
  }
}

// The products of two features of four samples with W and with Z.
fn products(line: u32, direction: vec4f) -> mat2x4f {
  let words = tiles[line];
  var first = bitcast<vec4f>(words);
  var second: vec4f;
  if (half == 0u) {
    second = bitcast<vec4f>(tiles[line + THREADS]);
  } else {
    let p = unpack2x16float(words.x);
    let q = unpack2x16float(words.y);
    let r = unpack2x16float(words.z);
    let s = unpack2x16float(words.w);
    first = vec4f(p.x, q.x, r.x, s.x);
    second = vec4f(p.y, q.y, r.y, s.y);
  }
  return mat2x4f(
    direction.x * first + direction.z * second,
    direction.y * first + direction.w * second,
  );
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) groupId: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let tile = groupIndex(groupId, groups);
  if (tile * TILE_ROWS >= params.rows) { return; }
  var sums = mat2x4f();
  if (updates == 1u) {
    let pairs = params.d / 2u;
    let pitch = (2u >> half) * THREADS;
    var line = tile * pairs * pitch + thread;
    for (var start = 0u; start < pairs; start += PART) {
      let length = min(PART, pairs - start);
      workgroupBarrier();
      for (var v = thread; v < length; v += THREADS) {
        let f = 2u * (start + v);
        let g = params.d + f;
        directions[v] = vec4f(wz[f], wz[g], wz[f + 1u], wz[g + 1u]);
      }
      workgroupBarrier();
      // Unrolled by hand, 15 % faster on a software adapter (November 2026); d is a multiple of 8.
      for (var v = 0u; v < length; v += 4u) {
        sums += products(line, directions[v]);
        sums += products(line + pitch, directions[v + 1u]);
        sums += products(line + 2u * pitch, directions[v + 2u]);
        sums += products(line + 3u * pitch, directions[v + 3u]);
        line += 4u * pitch;
      }
    }
  }
  let own = tile * TILE_ROWS + 4u * thread;
  sample = own;
  update(own, sums[0].x, sums[1].x);
  update(own + 1u, sums[0].y, sums[1].y);
  update(own + 2u, sums[0].z, sums[1].z);
  update(own + 3u, sums[0].w, sums[1].w);
  findBest(score, sample, thread);
  let winner = workgroupUniformLoad(&at[0]);
  if (sample == winner) {
    let record = params.count + 4u * (params.base / TILE_ROWS + tile);
    scores[record] = score;
    scores[record + 1u] = f32(sample % TILE_ROWS);
    scores[record + 2u] = forms[2u * sample];
    scores[record + 3u] = weights[sample];
  }
}
