import assert from "node:assert/strict";
import { creel, namesIn, withFiles } from "./creel.ts";

Deno.test("demo writes a picture and a page that holds it, and does not replace them unasked", async () => {
  await withFiles({}, async (folder) => {
    const out = `${folder}/digits`;
    const args = ["demo", "--device", "cpu", "--budget", "5", "--out", out];
    const { status, out: summary, err } = await creel(...args);
    assert.equal(status, 0);
    assert.match(err, /^Choosing digits on CPU \(float64(?:, [\w.-]+)?\)\n$/);
    assert.match(summary, /^BAIT chose 5 of 1277 unlabeled digits /);
    assert.deepEqual(namesIn(out), ["demo.html", "demo.svg"]);
    const svg = await Deno.readTextFile(`${out}/demo.svg`);
    assert.match(svg, /^<svg [^]*<\/svg>\s*$/);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    const page = await Deno.readTextFile(`${out}/demo.html`);
    assert.match(page, /^<!doctype html>/i);
    assert.ok(page.includes(svg.trim()));
    // Where the reader prefers dark colors, the page has them as well as the figure in it.
    assert.equal(page.match(/prefers-color-scheme: dark/g)!.length, 2);
    // The page needs nothing from elsewhere.
    assert.doesNotMatch(page, /(?:src|href)="(?!data:|#)/);

    const again = await creel(...args);
    assert.deepEqual([again.status, again.out], [2, ""]);
    assert.match(again.err, /^creel: Cannot write [^\n]+: it exists, and --force replaces it\n$/);
    assert.equal(await Deno.readTextFile(`${out}/demo.svg`), svg);

    // A figure of somebody else is not replaced, whatever is given.
    await Deno.writeTextFile(`${out}/demo.svg`, "<svg>mine</svg>");
    assert.deepEqual(await creel(...args, "--force"), {
      status: 2,
      out: "",
      err: `creel: Cannot write ${out}/demo.svg: it exists and is not of Creel (move it, or take ` +
        "another --out)\n",
    });
    assert.equal(await Deno.readTextFile(`${out}/demo.svg`), "<svg>mine</svg>");
  });
});

Deno.test("demo refuses a folder that cannot be made, and a budget that is too large", async () => {
  await withFiles({}, async (folder) => {
    assert.deepEqual(await creel("demo", "--out", `${folder}/no/digits`), {
      status: 2,
      out: "",
      err: `creel: Cannot write to ${folder}/no/digits: the folder ${folder}/no does not exist\n`,
    });
    const sentences = {
      "0": "The budget must be a whole number from 1 to 1277: found 0",
      "-4": "The budget must be a whole number from 1 to 1277: found -4",
      "1278": "The budget must be a whole number from 1 to 1277: found 1278",
      "2.5": "Option --budget must be a whole number: found 2.5",
    };
    for (const [budget, sentence] of Object.entries(sentences)) {
      const args = ["--budget", budget, "--device", "cpu", "--quiet", "--out", `${folder}/digits`];
      assert.deepEqual(await creel("demo", ...args), {
        status: 2,
        out: "",
        err: `creel: ${sentence}\n`,
      });
      assert.deepEqual(namesIn(folder), []);
    }
  });
});
