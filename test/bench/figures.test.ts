import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { barChart } from "../../bench/figures/bars.js";
import { lineChart } from "../../bench/figures/lines.js";
import { blocksOf, type Measured, picturesOf, withBlocks } from "../../bench/figures/page.js";

const read = (file: string) => readFileSync(`bench/${file}`, "utf8");
const page = read("README.md");
const measured = Object.fromEntries(
  ["rotations", "availability", "fleets"].map((name) => [name, JSON.parse(read(`data/${name}.json`))]),
) as unknown as Measured;

/** Where the figures of a block or a picture come from. */
function aboutOf(name: string) {
  const of: Readonly<Record<string, keyof Measured>> = { growth: "fleets", availability: "availability" };
  return measured[of[name] ?? "rotations"].about;
}

describe("the figures that are printed", () => {
  it("are what npm run figures makes of the data that is kept", () => {
    expect(withBlocks(page, blocksOf(measured))).toBe(page);
    const pictures = picturesOf(measured);
    expect(readdirSync("bench/plots").sort()).toEqual(Object.keys(pictures).sort());
    for (const [name, picture] of Object.entries(pictures)) expect(read(`plots/${name}`), name).toBe(picture);
  });

  it.each(Object.entries(measured))("say where they come from: %s", (_, { about }) => {
    expect(about).toEqual({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      commit: expect.stringMatching(/^[0-9a-f]{9}\+?$/),
      command: expect.stringMatching(/^npm run -s bench(:\w+)? -- .*--json$/),
      machine: expect.stringMatching(/^\d+ × .+ GiB, Linux /),
      node: expect.stringMatching(/^v\d+\.\d+\.\d+$/),
      load: expect.any(Number),
    });
  });

  it.each(Object.entries(blocksOf(measured)))("have that beside them: the table of %s", (name, block) => {
    const { date, commit, machine, node, command } = aboutOf(name);
    for (const fact of [date, commit, machine, node, command]) expect(block).toContain(fact);
  });

  it.each(Object.entries(picturesOf(measured)))("can be read without being seen: %s", (name, picture) => {
    expect(picture).toMatch(
      /<svg [^>]*role="img" aria-labelledby="title desc">\n<title id="title">.+<\/title>\n<desc id="desc">.+</,
    );
    const { date, commit, node } = aboutOf(name.replace(".svg", ""));
    for (const fact of [date, commit, node]) expect(picture).toContain(fact);
    expect(picture).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).toMatch(new RegExp(`!\\[.{20,}\\]\\(plots/${name}\\)`));
  });
});

describe("the page", () => {
  it("is refused where a block has no marks, or marks have no block", () => {
    expect(() => withBlocks("<!-- figures: old -->\n<!-- end -->", {})).toThrow("marks for old, which nobody makes");
    expect(() => withBlocks("", { goals: "all" })).toThrow("no marks for goals");
  });

  it("keeps what is written between the blocks", () => {
    const text = "a\n<!-- figures: one -->\nold\n<!-- end -->\nb\n";
    expect(withBlocks(text, { one: "$1 new" })).toBe("a\n<!-- figures: one -->\n\n$1 new\n\n<!-- end -->\nb\n");
  });
});

describe("a plot", () => {
  const caption = { title: "<Title> & more", description: "In words.", source: "from here" };
  const spread = (median: number) => ({ p5: median / 2, median, p95: median * 2 });

  it("has a bar as long as its median, none for what was not measured, and escapes what it is told", () => {
    const picture = barChart(
      caption,
      ["one", "other"],
      [
        { label: "a", bars: [spread(10), undefined] },
        { label: "b", bars: [spread(20), spread(40)] },
      ],
    );
    const widths = [...picture.matchAll(/<rect x="250" y="\d+" width="([\d.]+)" height="11" fill="#\w+"\/>\n<line/g)];
    expect(widths.map(([, width]) => Number(width))).toEqual([62.5, 125, 250]);
    expect(picture).toContain("&lt;Title&gt; &amp; more");
  });

  it("has a line that falls where each costs less", () => {
    const picture = lineChart(caption, { x: "secrets", y: "ms" }, [
      {
        name: "all",
        points: [
          { x: 1, y: spread(100) },
          { x: 10, y: spread(10) },
        ],
      },
    ]);
    const [, points = ""] = /<polyline points="([^"]+)"/.exec(picture) ?? [];
    const [first, last] = points.split(" ").map((point) => point.split(",").map(Number));
    expect(first?.[0]).toBeLessThan(last?.[0] ?? 0);
    expect(first?.[1]).toBeLessThan(last?.[1] ?? 0);
  });
});
