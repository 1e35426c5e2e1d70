// Which of all workgroups this one is, where linearGrid may have folded the grid in two dimensions.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
