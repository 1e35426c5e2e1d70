// A block of 4 x 4 products; row i of the block is column i of the matrix that is returned.
fn products(left: vec4f, right: vec4f) -> mat4x4f {
  return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}
