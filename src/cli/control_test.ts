import assert from "node:assert/strict";
import { lockStateDirectory } from "../store/lock.ts";
import { openKvStore } from "../store/kv_store.ts";
import { statePaths } from "../store/state_directory.ts";
import { loadToken } from "../store/token.ts";
import { money, parseTime } from "../core/units.ts";
import { control } from "./control.ts";
import { hasKillFile, writeKillFile } from "../store/kill_file.ts";
import { status } from "./status.ts";
import { switchStrategy } from "./strategy_switch.ts";
import { why } from "./why.ts";

const RUN = "20261120T044150Z-0001";
const AT = parseTime("2026-11-20T04:41:50Z")!;

const STATUS = {
  version: "0.1.0",
  mode: "live",
  venue: "Simulated exchange",
  simulated: true,
  run: RUN,
  uptimeSeconds: 3_725,
  stateDirectory: "/state",
  journal: "/state/journal/x",
  ready: { ok: true, reasons: [] },
  venueHealth: {
    paths: { data: "kbot's own socket", orders: "fetch" },
    cashByShard: { "0": "60.000000", "2": "9736.181800" },
  },
  feeds: [
    { name: "coinbase", trouble: null },
    { name: "kraken", trouble: "Socket is silent: prices come by REST" },
  ],
};
const ACCOUNT = {
  cash: "9796.181800",
  nav: "10001.572300",
  exposure: "202.895000",
  dailyPnl: "-1.572300",
  realised: "-0.923200",
  unrealised: "2.500000",
  fees: "0.923200",
  orders: 1,
  fills: 2,
  settled: 0,
};
const HALT = {
  ...{ name: "daily_loss", reason: "Lost $1000.00 today", since: "2026-11-20T04:41:50.000000Z" },
  ...{ level: "halted", scope: "whole", subject: null, ends: "kbot resume" },
};

const WHY_NOT = {
  at: "2026-11-20T04:41:50.000000Z",
  lastHour: {
    watchedSeconds: 5_400,
    reasons: [
      { strategy: "latency", code: "stopped", seconds: 3_600, share: 2 / 3, ticker: "KXB-1", text: "It is stopped" },
      { strategy: "market_maker", code: "no_edge", seconds: 600, share: 1 / 9, ticker: "KXB-1", text: "Best 0.001" },
    ],
  },
  markets: [
    {
      ticker: "KXB-1",
      status: "active",
      closeTime: "2026-11-20T04:45:00.000000Z",
      whyNot: null,
      stances: [
        { strategy: "market_maker", edge: 0.012, edgeSide: "yes", code: null, whyNot: null },
        { strategy: "latency", edge: 0.02, edgeSide: "no", code: "stopped", whyNot: "Strategy latency is stopped" },
      ],
    },
    {
      ticker: "KXC-1",
      status: "closed",
      closeTime: "2026-11-20T04:30:00.000000Z",
      whyNot: "Closed, waiting for the result",
      stances: [],
    },
    {
      ticker: "KXA-1",
      status: "finalized",
      closeTime: "2026-11-20T04:15:00.000000Z",
      whyNot: "Settled yes",
      stances: [{ strategy: "latency", edge: null, edgeSide: null, code: "over", whyNot: "The market is over" }],
    },
  ],
};

interface FakeBot {
  readonly state: string;
  /** `POST /api/v1/kill token=...` */
  readonly asked: string[];
}

interface FakeBotOptions {
  readonly run?: string;
  readonly refuse?: boolean;
  readonly account?: unknown;
  readonly halts?: readonly unknown[];
}

async function withState(use: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir();
  try {
    await use(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

/** A bot as far as its API goes, with a run file, a token and the lock. */
async function withBot(options: FakeBotOptions, use: (bot: FakeBot) => Promise<void>): Promise<void> {
  await withState(async (state) => {
    const token = await loadToken(state);
    assert.ok(token.ok);
    const asked: string[] = [];
    const bodies: Record<string, unknown> = {
      "GET /api/v1/status": { ...STATUS, run: options.run ?? RUN },
      "GET /api/v1/account": { at: HALT.since, execution: "live", account: options.account ?? ACCOUNT },
      "GET /api/v1/why-not": WHY_NOT,
      "GET /api/v1/risk": {
        at: HALT.since,
        state: { state: options.halts === undefined ? "active" : "halted", reason: "" },
        halts: options.halts ?? [],
        limits: [],
        refusals: {},
      },
      "POST /api/v1/kill": { accepted: true, text: "kill: done" },
      "POST /api/v1/reduce": { accepted: true, text: "reduce: done" },
      "POST /api/v1/resume": { accepted: true, text: "resume: done" },
      "POST /api/v1/strategies/latency/start": { accepted: true, text: "start strategy latency: done" },
      "POST /api/v1/strategies/latency/stop": { accepted: true, text: "stop strategy latency: done" },
    };
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
      const route = `${request.method} ${new URL(request.url).pathname}`;
      const body = await request.text();
      if (request.method === "POST") {
        const right = request.headers.get("authorization") === `Bearer ${token.token}`;
        asked.push(`${route} ${right ? "token" : "no token"} ${request.headers.get("content-type")} ${body}`);
        if (options.refuse) return Response.json({ error: { code: "refused", message: "Not now" } }, { status: 409 });
      }
      return Response.json(bodies[route] ?? { error: { code: "not_found", message: "nothing here" } });
    });
    const lock = await lockStateDirectory(state);
    assert.ok(lock.ok);
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const file = { pid: 42, url, run: RUN, startedAt: "2026-11-20T04:41:50.000000Z" };
    await Deno.writeTextFile(`${state}/run.json`, JSON.stringify(file));
    try {
      await use({ state, asked });
    } finally {
      lock.lock.release();
      await server.shutdown();
    }
  });
}

const asking = (kind: "kill" | "reduce" | "resume", state: string) =>
  control({ kind, state, config: undefined, json: false }, {});
const wondering = (state: string, ticker?: string) =>
  why({ kind: "why", ticker, state, config: undefined, json: false }, {});
const looking = (state: string) => status({ kind: "status", state, config: undefined, json: false }, {});

Deno.test("kill, reduce and resume reach the running bot, with its token, and say what it answered", async () => {
  await withBot({}, async ({ state, asked }) => {
    for (const kind of ["kill", "reduce", "resume"] as const) {
      const reply = await asking(kind, state);
      assert.equal(reply.exitCode, 0);
      assert.equal(reply.text, `${kind}: done`);
      assert.equal((reply.json as { running: boolean }).running, true);
    }
    assert.deepEqual(asked, [
      'POST /api/v1/kill token application/json {"via":"cli"}',
      'POST /api/v1/reduce token application/json {"via":"cli"}',
      'POST /api/v1/resume token application/json {"via":"cli"}',
    ]);
    assert.equal(hasKillFile(state), false);
  });
});

const switching = (verb: "start" | "stop", state: string) =>
  switchStrategy({ kind: `strategy_${verb}`, name: "latency", state, config: undefined, json: false }, {});

Deno.test("a strategy is started and stopped in the running bot, with its token, and it says what it answered", async () => {
  await withBot({}, async ({ state, asked }) => {
    for (const verb of ["start", "stop"] as const) {
      const reply = await switching(verb, state);
      assert.deepEqual([reply.exitCode, reply.text], [0, `${verb} strategy latency: done`]);
      assert.deepEqual({ ...reply.json as object }, {
        command: `strategy ${verb}`,
        strategy: "latency",
        state,
        done: true,
        text: `${verb} strategy latency: done`,
      });
    }
    assert.deepEqual(asked, [
      'POST /api/v1/strategies/latency/start token application/json {"via":"cli"}',
      'POST /api/v1/strategies/latency/stop token application/json {"via":"cli"}',
    ]);
  });
});

Deno.test("a strategy that the bot does not start, and one that no bot could start, are failures with their reasons", async () => {
  await withBot({ refuse: true }, async ({ state }) => {
    const reply = await switching("start", state);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /refused: Not now/);
  });
  await withState(async (state) => {
    const reply = await switching("start", state);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /^No bot runs with this state; .* strategies\.latency\.enabled/);
  });
});

Deno.test("a kill that the running bot refuses is left as a file", async () => {
  await withBot({ refuse: true }, async ({ state }) => {
    const reply = await asking("kill", state);
    assert.equal(reply.exitCode, 0);
    assert.match(reply.text ?? "", /refused: Not now; it stops trading as soon as it sees the kill file/);
    assert.equal(hasKillFile(state), true);
  });
});

Deno.test("a resume that the running bot refuses fails with its reason, and the kill file stays", async () => {
  await withBot({ refuse: true }, async ({ state }) => {
    await writeKillFile(state, new Date());
    const reply = await asking("resume", state);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /refused: Not now/);
    assert.equal(hasKillFile(state), true);
  });
});

Deno.test("without a bot nothing can be reduced, and that fails with what can be done", async () => {
  await withState(async (state) => {
    const reply = await asking("reduce", state);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /No bot runs with this state.*kbot kill/);
  });
});

Deno.test("another process on the bot's old port is not taken for the bot", async () => {
  await withBot({ run: "20261120T050000Z-0001" }, async ({ state, asked }) => {
    const seen = await looking(state);
    assert.equal(seen.exitCode, 1);
    assert.match(seen.problems.join(), /is not the run 20261120T044150Z-0001/);
    const reply = await asking("kill", state);
    assert.equal(reply.exitCode, 0);
    assert.deepEqual(asked, []);
    assert.equal(hasKillFile(state), true);
  });
});

Deno.test("without a bot a kill waits in the state directory until it is taken back", async () => {
  await withState(async (parent) => {
    const state = `${parent}/new`;
    const killed = await asking("kill", state);
    assert.equal(killed.exitCode, 0);
    assert.match(killed.text ?? "", /No bot runs with this state; the next one will start killed, until kbot resume/);
    assert.equal(hasKillFile(state), true);
    assert.equal((await asking("kill", state)).exitCode, 0, "a second kill is as good");
    assert.match((await looking(state)).text ?? "", /Killed: the next bot starts stopped/);

    const resumed = await asking("resume", state);
    assert.equal(resumed.exitCode, 0);
    assert.match(resumed.text ?? "", /is taken back/);
    assert.equal(hasKillFile(state), false);
    assert.match((await asking("resume", state)).text ?? "", /no kill file is there/);
  });
});

Deno.test("a kill that cannot be kept anywhere fails aloud", async () => {
  await withState(async (parent) => {
    await Deno.writeTextFile(`${parent}/file`, "");
    const reply = await asking("kill", `${parent}/file`);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /State directory .*file/);
  });
});

Deno.test("a run file that a killed bot left behind does not count as a bot", async () => {
  await withState(async (state) => {
    for (const text of ['{"pid":1,"url":"http://127.0.0.1:9/","run":"x","startedAt":""}', "{", '{"pid":"x"}', ""]) {
      await Deno.writeTextFile(`${state}/run.json`, text);
      const reply = await looking(state);
      assert.equal(reply.exitCode, 0, text);
      assert.match(reply.text ?? "", /No bot runs with/);
    }
  });
});

Deno.test("a process that holds the state directory and does not answer is reported, not taken for none", async () => {
  await withState(async (state) => {
    const lock = await lockStateDirectory(state);
    assert.ok(lock.ok);
    try {
      const reply = await looking(state);
      assert.equal(reply.exitCode, 1);
      assert.match(reply.problems.join(), /^A process uses this state but cannot be asked: .* is in use by process/);
    } finally {
      lock.lock.release();
    }
  });
});

Deno.test("where nobody can see whether a bot runs, that is said, and a resume changes nothing", async () => {
  await withState(async (state) => {
    // A lock that nobody can open stands for a disk that can only be read.
    await Deno.mkdir(statePaths(state).lock);
    await writeKillFile(state, new Date());
    for (const reply of [await looking(state), await asking("resume", state)]) {
      assert.equal(reply.exitCode, 1);
      assert.match(reply.problems.join(), /^Whether a bot uses this state is not known: .* cannot be locked: /);
    }
    assert.equal(hasKillFile(state), true);
  });
});

Deno.test("status shows the running bot's numbers as its API gives them", async () => {
  await withBot({ halts: [HALT] }, async ({ state }) => {
    const reply = await looking(state);
    assert.equal(reply.exitCode, 0);
    for (
      const part of [
        "LIVE, SIMULATED EXCHANGE at Simulated exchange, ready",
        `Run ${RUN}, up 1 h 2 min, process 42`,
        "NAV $10001.5723, cash $9796.1818, at risk $202.895",
        "Today -$1.5723, realised -$0.9232, unrealised $2.50, fees $0.9232",
        "1 order, 2 fills, 0 settled",
        "Data by kbot's own socket; orders by fetch",
        "Cash by shard: $60.00 on shard 0, $9736.1818 on shard 2",
        "Source in trouble: kraken: Socket is silent: prices come by REST",
        "State: HALTED",
        "Ends: kbot resume",
        "daily_loss: Lost $1000.00 today",
      ]
    ) assert.ok(reply.text?.includes(part), `${part} in\n${reply.text}`);
    assert.doesNotMatch(reply.text ?? "", /coinbase/);
    const json = reply.json as { running: boolean; account: { account: unknown }; status: unknown };
    assert.equal(json.running, true);
    assert.deepEqual(json.account.account, ACCOUNT);
    assert.deepEqual(json.status, STATUS);
  });
});

Deno.test("an answer of another shape is refused with the field", async () => {
  await withBot({ account: { ...ACCOUNT, nav: 10_001.57 } }, async ({ state }) => {
    const reply = await looking(state);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /account\.account\.nav/);
  });
});

Deno.test("without a bot status reads the last account from the store, and makes nothing where nothing is", async () => {
  await withState(async (state) => {
    assert.match((await looking(state)).text ?? "", /Nothing was traded with it yet/);
    assert.deepEqual([...Deno.readDirSync(state)], []);
    const opened = await openKvStore(statePaths(state).store);
    assert.ok(opened.ok);
    const amounts = { startingCapital: 10_000_000_000, cash: 9_718_925_600, realised: -1_321_400, fees: 1_321_400 };
    const account = {
      kind: "account" as const,
      startingCapital: money(amounts.startingCapital),
      cash: money(amounts.cash),
      realised: money(amounts.realised),
      fees: money(amounts.fees),
      orders: 11,
      fills: 3,
      settled: 0,
      wins: 0,
      losses: 0,
      nextIntent: 12,
      day: "2026-11-20",
      dayStartNav: money(amounts.startingCapital),
      peakNav: money(amounts.startingCapital),
      updatedAt: AT,
    };
    const halt = { kind: "halt" as const, name: "kill", active: true, persistent: true, reason: "by cli", at: AT };
    assert.ok(opened.store.apply([account, halt], { run: RUN, line: 7 }).ok);
    assert.ok((await opened.store.close()).ok);

    const reply = await looking(state);
    assert.equal(reply.exitCode, 0);
    for (
      const part of [
        "No bot runs",
        "cash $9718.9256, realised -$1.3214, fees $1.3214",
        "11 orders, 3 fills, 0 settled",
        "Halt that stays: kill: by cli",
      ]
    ) assert.ok(reply.text?.includes(part), `${part} in\n${reply.text}`);
    const json = reply.json as { running: boolean; account: { cash: string }; halts: { name: string }[] };
    assert.equal(json.running, false);
    assert.equal(json.account.cash, "9718.925600");
    assert.deepEqual(json.halts.map((row) => row.name), ["kill"]);
  });
});

Deno.test("without any place for the state the usage is wrong", async () => {
  for (
    const reply of [
      await control({ kind: "kill", state: undefined, config: undefined, json: false }, {}),
      await looking(""),
    ]
  ) {
    assert.equal(reply.exitCode, 2);
    assert.match(reply.problems.join(), /--state/);
  }
});

Deno.test("why tells for each market what keeps every strategy back, and what did so longest", async () => {
  await withBot({}, async ({ state }) => {
    const reply = await wondering(state);
    assert.equal(reply.exitCode, 0, reply.problems.join("\n"));
    assert.equal(
      reply.text,
      `SIMULATED EXCHANGE
At 2026-11-20T04:41:50.000000Z

KXC-1, closed, closes 2026-11-20T04:30:00Z: Closed, waiting for the result

KXB-1, active, closes 2026-11-20T04:45:00Z: may trade
  market_maker  may trade, best edge 0.0120 on yes
  latency       stopped: Strategy latency is stopped, best edge 0.0200 on no

Kept back longest in the last hour, of 1 h 30 min over all markets and strategies
   66.7 %  latency       stopped  1 h 0 min, last in KXB-1: It is stopped
   11.1 %  market_maker  no_edge  10 min 0 s, last in KXB-1: Best 0.001`,
    );
    const one = await wondering(state, "KXB");
    assert.deepEqual((one.json as { markets: { ticker: string }[] }).markets.map(({ ticker }) => ticker), ["KXB-1"]);
    const over = await wondering(state, "KXA");
    assert.match(over.text ?? "", /^KXA-1, finalized, .*: Settled yes\n {2}latency {2}over: The market is over$/m);
    const none = await wondering(state, "KXD-1");
    assert.equal(none.exitCode, 1);
    assert.deepEqual(none.problems, ["No market that is followed begins with KXD-1: did you mean KXB-1?"]);
  });
});

Deno.test("why without a bot says that only a running one knows", async () => {
  await withState(async (state) => {
    const reply = await wondering(state);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems[0], /^No bot runs with .*: only a running one knows why it keeps still$/);
  });
});
