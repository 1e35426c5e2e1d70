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
