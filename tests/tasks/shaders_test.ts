/** `deno task shaders`, on scratch repositories. */

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { minified } from "../../tasks/minify-wgsl.ts";
import { literalOf, moduleOf, problemsOf, update } from "../../tasks/shaders.ts";

const SHADER = `// Doubles \`x\` and \${y} \\n.
override half: u32 = 0u; // a half

// constants from src/kernels/room/sizes.ts
const THREADS: u32 = 64u;
const LOWEST: f32 = -3.4e38; // stays

// part: double
// What it needs is nothing.
fn double(x: f32) -> f32 { return 2.0 * x; }
// end of part

  @compute @workgroup_size(THREADS)
fn main() {}
`;

const REPOSITORY = {
  "shaders/parts/double.wgsl":
    "// What it needs is nothing.\nfn double(x: f32) -> f32 { return 2.0 * x; }\n",
  "shaders/room/twice.wgsl": SHADER,
  "src/kernels/room/sizes.ts":
    "export const THREADS = 64;\nexport const LOWEST = Math.fround(-3.4e38);\n",
};

/** A repository with some files, whose modules are up to date unless they are given or refused. */
class Scratch implements Disposable {
  readonly root = Deno.makeTempDirSync({ prefix: "creel-shaders-" });

  constructor(files: Record<string, string>) {
    for (const [file, text] of Object.entries(files)) this.write(file, text);
  }

  write(file: string, text: string): void {
    Deno.mkdirSync(dirname(join(this.root, file)), { recursive: true });
    Deno.writeTextFileSync(join(this.root, file), text);
  }

  read(file: string): string {
    return Deno.readTextFileSync(join(this.root, file));
  }

  /** What `--check` prints. */
  async check(): Promise<string[]> {
    return (await problemsOf(this.root)).map(({ file, what }) => `${file} ${what}`);
  }

  [Symbol.dispose]() {
    Deno.removeSync(this.root, { recursive: true });
  }
}

Deno.test("shaders: a missing module is named, written, and then found up to date", async () => {
  using scratch = new Scratch(REPOSITORY);
  assert.deepEqual(await scratch.check(), ["src/shaders/room/twice.gen.ts is missing"]);
  await update(scratch.root);
  assert.deepEqual(await scratch.check(), []);
  assert.deepEqual(await update(scratch.root), []);
  assert.equal(scratch.read("shaders/room/twice.wgsl"), SHADER);
  assert.deepEqual([...Deno.readDirSync(join(scratch.root, "src/shaders/room"))].length, 1);
});

Deno.test("shaders: a module holds the code on one line, without comments and with short names", async () => {
  const module = moduleOf("shaders/room/twice.wgsl", SHADER + "const tricky = `${0}` + \\n;");
  const { wgsl } = await import(`data:application/typescript,${encodeURIComponent(module)}`);
  assert.match(wgsl, /^override half:u32=0u;/);
  assert.match(wgsl, /@compute @workgroup_size\((\w+)\)fn main\(/);
  assert.ok(wgsl.endsWith("const t=`${0}`+\\n;"), wgsl);
  assert.doesNotMatch(wgsl, /\/\/|\n/);
  assert.ok(wgsl.length < 0.7 * SHADER.length);
  const spaced = (line: string) => minified("a.wgsl", line);
  assert.equal(
    spaced("  a = vec2<f32>( x - -y, -z ) + w[ 1 ] / 2.0; // d"),
    "a=vec2<f32>(x - -y,-z)+w[1]/2.0;",
  );
  assert.equal(spaced("a = b >> 1u;\nreturn\n  c;"), "a=b>>1u;return c;");
  assert.equal(spaced("if (a / *p >= b && c < -d) {"), "if(a / *p>=b&&c < -d){");
});

Deno.test("shaders: names become short where nothing else has them, and fields and overrides stay", () => {
  const names = (code: string) => minified("a.wgsl", code);
  assert.equal(
    names("fn twice(value: f32) -> f32 { let t = value; return t + value * twiceMore; }"),
    "fn tw(v:f32)-> f32{let t=v;return t+v*twiceMore;}",
  );
  assert.equal(
    names("struct Pair { first: f32 }\nfn one(pair: Pair, first: f32) { pair.first = first; }"),
    "struct P{first:f32}fn o(p:P,first:f32){p.first=first;}",
  );
  assert.equal(
    names("override width = 1u;\n@group(0) @binding(0) var<storage> group: array<u32>;"),
    "override width=1u;@group(0)@binding(0)var<storage> g:array<u32>;",
  );
  // Of two names with the same letters the second gets others, and none a word of the language.
  assert.equal(names("let ifs = 1; let iff = ifs; let i = iff;"), "let ib=1;let ia=ib;let i=ia;");
});

Deno.test("shaders: an edited part is found, named, and filled in", async () => {
  using scratch = new Scratch(REPOSITORY);
  await update(scratch.root);
  scratch.write("shaders/parts/double.wgsl", "fn double(x: f32) -> f32 { return x + x; }\n");
  assert.deepEqual(await scratch.check(), [
    "shaders/room/twice.wgsl is out of date: part double",
    "src/shaders/room/twice.gen.ts is not that of shaders/room/twice.wgsl",
  ]);
  await update(scratch.root);
  assert.deepEqual(await scratch.check(), []);
  for (const file of ["shaders/room/twice.wgsl", "src/shaders/room/twice.gen.ts"]) {
    assert.match(scratch.read(file), /return x ?\+ ?x;/);
    assert.doesNotMatch(scratch.read(file), /What it needs/);
  }
});

Deno.test("shaders: a part that was edited where it is used is put back", async () => {
  using scratch = new Scratch(REPOSITORY);
  await update(scratch.root);
  scratch.write("shaders/room/twice.wgsl", SHADER.replace("return 2.0", "return 3.0"));
  assert.match(
    (await scratch.check()).join(),
    /^shaders\/room\/twice\.wgsl is out of date: part double/,
  );
  await update(scratch.root);
  assert.equal(scratch.read("shaders/room/twice.wgsl"), SHADER);
});

Deno.test("shaders: constants take the values of the TypeScript, in shaders and in parts", async () => {
  using scratch = new Scratch({
    ...REPOSITORY,
    "shaders/parts/double.wgsl": `// constants of Sizes from src/kernels/room/sizes.ts
const LOW_SLOPE: i32 = 0i;
const TINY: f32 = 0.0;
`,
    "src/kernels/room/sizes.ts": `export const THREADS = 256;
export const LOWEST = -1;
export const Sizes = { lowSlope: -3, tiny: 1e-30 };
`,
  });
  await update(scratch.root);
  const constants = /^const .*/gm;
  assert.deepEqual(scratch.read("shaders/room/twice.wgsl").match(constants), [
    "const THREADS: u32 = 256u;",
    "const LOWEST: f32 = -1.0; // stays",
    "const LOW_SLOPE: i32 = -3i;",
    "const TINY: f32 = 1e-30;",
  ]);
  assert.match(scratch.read("shaders/parts/double.wgsl"), /= -3i;\nconst TINY: f32 = 1e-30;\n$/);
  assert.deepEqual(await scratch.check(), []);
  scratch.write(
    "shaders/room/twice.wgsl",
    scratch.read("shaders/room/twice.wgsl").replace("256u", "255u"),
  );
  assert.deepEqual(
    (await scratch.check())[0],
    "shaders/room/twice.wgsl is out of date: constant THREADS",
  );
});

Deno.test("shaders: stale modules and those without a shader are named, and put right", async () => {
  using scratch = new Scratch(REPOSITORY);
  await update(scratch.root);
  const module = scratch.read("src/shaders/room/twice.gen.ts");
  scratch.write("src/shaders/room/twice.gen.ts", `${module}// by hand\n`);
  scratch.write("src/shaders/gone/once.gen.ts", module);
  assert.deepEqual(await scratch.check(), [
    "src/shaders/room/twice.gen.ts is not that of shaders/room/twice.wgsl",
    "src/shaders/gone/once.gen.ts has no shaders/gone/once.wgsl",
  ]);
  await update(scratch.root);
  assert.deepEqual(await scratch.check(), []);
  assert.equal(scratch.read("src/shaders/room/twice.gen.ts"), module);
  assert.throws(() => scratch.read("src/shaders/gone/once.gen.ts"), Deno.errors.NotFound);
});

Deno.test("shaders: a kernel may own the constants of a shader that has no module yet", async () => {
  using scratch = new Scratch({
    ...REPOSITORY,
    "src/kernels/room/sizes.ts": `import { wgsl } from "../../shaders/room/twice.gen.ts";
export const THREADS = wgsl.length > 0 ? 32 : 0;
export const LOWEST = -1;
`,
  });
  await update(scratch.root);
  assert.match(scratch.read("src/shaders/room/twice.gen.ts"), /const T:u32=32u;/);
});

Deno.test("shaders: a mark that makes no sense is refused with its file and line", async () => {
  const cases: [string, RegExp][] = [
    [
      "\n// part: nothing\n// end of part\n",
      /^shaders\/room\/x\.wgsl, line 2: found no shaders\/parts\/nothing\.wgsl/,
    ],
    ["// part: double\nfn f() {}\n", /line 1: found no "\/\/ end of part" after part double/],
    ["// part: double\n// part: double\n// end of part\n", /line 1: found no "\/\/ end of part"/],
    ["// end of part\n", /line 1: found an end of no part/],
    ["// constants from src/kernels/room/sizes.ts\n\nconst A: u32 = 1u;\n", /found no declaration/],
    ["// constants from src/kernels/room/sizes.ts\nconst A: u32 = 1u;\n", /exports no number A/],
    ["// constants of B from src/kernels/room/sizes.ts\nconst A: u32 = 1u;\n", /exports no B/],
    [
      "// constants from src/kernels/room/sizes.ts\nconst LOWEST: u32 = 1u;\n",
      /LOWEST of src\/kernels\/room\/sizes\.ts is -3.*, which no u32 holds/,
    ],
  ];
  for (const [code, message] of cases) {
    using scratch = new Scratch({ ...REPOSITORY, "shaders/room/x.wgsl": code });
    await assert.rejects(() => update(scratch.root), { message });
  }
});

Deno.test("shaders: a number is written as the shortest one that is the same float32", () => {
  assert.equal(literalOf(Math.fround(-3.3e38), "f32"), "-3.3e38");
  assert.equal(literalOf(1.17549435e-38, "f32"), "1.1754943e-38");
  assert.equal(literalOf(20, "f32"), "20.0");
  assert.equal(literalOf(0.8, "f32"), "0.8");
  assert.equal(literalOf(4294967295, "u32"), "4294967295u");
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const text = literalOf(value, "f32")!;
    assert.match(text, /^-?\d+(\.\d+)?(e-?\d+)?$/);
    assert.match(text, /[.e]/);
    assert.equal(Math.fround(Number(text)), value === 0 ? 0 : value);
  }));
  for (const [value, type] of [[-1, "u32"], [0.5, "i32"], [1e39, "f32"], [1, "f16"]] as const) {
    assert.equal(literalOf(value, type), undefined);
  }
});
