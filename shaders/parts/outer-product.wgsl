// The outer product of two vectors; row i of the product is column i of the returned matrix.
fn products(left: vec4f, right: vec4f) -> mat4x4f {
  return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}
