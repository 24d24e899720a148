import { graphlib, layout } from "@dagrejs/dagre";

/** What is drawn of a state machine's definition. https://states-language.net */
export interface Definition {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: ReadonlyArray<{ readonly Next?: string }>;
  readonly Catch?: ReadonlyArray<{ readonly Next?: string }>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** By its middle. */
export interface Box extends Point {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Who comes here has failed. */
  readonly isFailure: boolean;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** The way when the state has failed. */
  readonly isCatch: boolean;
  readonly points: readonly Point[];
}

/** Where everything stands. */
export interface MachinePlan {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

const HEIGHT = 30;
/** Of a letter in the picture's type, on the wide side, so that a name fits into its box. */
const LETTER = 7.4;
const MARGIN = 6;

const planned = new Map<string, MachinePlan>();

/** Lays a machine out from top to bottom: a tenth of a second for one of thirty states, so each is laid out once. */
export function machinePlan(definition: Definition): MachinePlan {
  const key = JSON.stringify(definition);
  const plan = planned.get(key) ?? laidOut(definition);
  planned.set(key, plan);
  return plan;
}

function laidOut({ States }: Definition): MachinePlan {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ nodesep: 18, ranksep: 30, edgesep: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of Object.keys(States))
    graph.setNode(name, { width: Math.ceil(name.length * LETTER) + 32, height: HEIGHT });
  for (const [name, state] of Object.entries(States))
    for (const [next, kind] of waysFrom(state)) {
      // The straight way is kept straight.
      const weight = kind === "next" ? 6 : 1;
      if (Object.hasOwn(States, next)) graph.setEdge(name, next, { weight }, kind);
    }
  layout(graph);
  const boxes = graph.nodes().map((name: string) => ({
    name,
    isFailure: States[name]?.Type === "Fail",
    ...(graph.node(name) as Pick<Box, "x" | "y" | "width" | "height">),
  }));
  const arrows = graph.edges().map((edge: { v: string; w: string; name?: string }) => ({
    from: edge.v,
    to: edge.w,
    isCatch: edge.name === "catch",
    points: (graph.edge(edge) as { points: Point[] }).points,
  }));
  return { ...frameOf(boxes, arrows), boxes, arrows };
}

/** Around all of it: arrows may go further out than boxes. */
function frameOf(boxes: readonly Box[], arrows: readonly Arrow[]) {
  const corners = boxes.flatMap(({ x, y, width, height }) => [
    { x: x - width / 2, y: y - height / 2 },
    { x: x + width / 2, y: y + height / 2 },
  ]);
  const points = [...corners, ...arrows.flatMap((arrow) => arrow.points)];
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.floor(Math.min(...xs)) - MARGIN, Math.floor(Math.min(...ys)) - MARGIN];
  const [right, bottom] = [Math.ceil(Math.max(...xs)) + MARGIN, Math.ceil(Math.max(...ys)) + MARGIN];
  return { left, top, width: right - left, height: bottom - top };
}

function waysFrom({ Next, Default, Choices = [], Catch = [] }: State): Array<readonly [to: string, kind: string]> {
  const ways = [
    [Next, "next"],
    [Default, "next"],
    ...Choices.map((choice) => [choice.Next, "choice"] as const),
    ...Catch.map((caught) => [caught.Next, "catch"] as const),
  ] as const;
  return ways.flatMap(([name, kind]) => (name === undefined ? [] : [[name, kind] as const]));
}
