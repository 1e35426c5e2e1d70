// The scores of the samples in the classes of a pick, each from the first of the classes that it
// shares with it. One thread per entry.
struct Params { top: u32, most: u32, candidate: f32 }

@group(0) @binding(0) var<storage, read> touched: array<u32>;
@group(0) @binding(1) var<storage, read> samples: array<u32>;
@group(0) @binding(2) var<storage, read> slots: array<vec2u>;
@group(0) @binding(3) var<storage, read> forms: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/classes/touched.ts
const TOUCH: u32 = 6u;

// part: class-score
// The score of a sample, sum_e c H_e / (1 + c G_e) over its entries e. Needs slots, forms, and
// params.top and params.candidate, which is c.
fn classScore(sample: u32) -> f32 {
  var sum = 0.0;
  for (var j = sample * params.top; j < (sample + 1u) * params.top; j++) {
    let form = forms[slots[j].y];
    sum += params.candidate * form.y / (1.0 + params.candidate * max(form.x, 0.0));
  }
  return sum;
}
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let j = group.y;
  let e = touched[TOUCH * j + 2u] + group.x * ROW_THREADS + thread;
  if (e >= touched[TOUCH * j + 3u]) { return; }
  let i = samples[e];
  for (var other = 0u; other < j; other++) {
    for (var own = i * params.top; own < (i + 1u) * params.top; own++) {
      if (slots[own].x == touched[TOUCH * other]) { return; }
    }
  }
  scores[i] = classScore(i);
}
