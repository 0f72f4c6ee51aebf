/**
 * A dashboard for Grafana over `/metrics`, served at `/api/v1/grafana.json` to be imported there: it comes with the very kbot
 * whose metrics it draws, so that the two never differ.
 * @module
 */

type Unit = "currencyUSD" | "s" | "ms" | "percentunit" | "short" | "ops" | "bytes" | "none";

interface Query {
  /** PromQL. */
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly kind: "timeseries" | "stat" | "bargauge" | "table";
  readonly unit: Unit;
  readonly about?: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
}

const query = (expr: string, legend = ""): Query => ({ expr, legend });
const RUN = `{instance=~"$instance"}`;
/** Of a metric of the runs chosen. */
const of = (metric: string): string => `${metric}${RUN}`;
const rate = (metric: string): string => `rate(${metric}${RUN}[$__rate_interval])`;

const stat = (title: string, unit: Unit, expr: string): Panel => ({
  title,
  kind: "stat",
  unit,
  queries: [query(expr)],
  width: 4,
});

const series = (title: string, unit: Unit, ...queries: readonly Query[]): Panel => ({
  title,
  kind: "timeseries",
  unit,
  queries,
  width: 12,
});

export const PANELS: readonly Panel[] = [
  stat("Ready", "none", of("kbot_ready")),
  stat("State: 0 all, 1 what closes, 2 cancels alone", "none", of("kbot_state")),
  stat("Net asset value", "currencyUSD", of("kbot_nav_dollars")),
  stat("Profit and loss of the day", "currencyUSD", of("kbot_daily_pnl_dollars")),
  stat("Halts", "none", of("kbot_halts")),
  stat("Uptime", "s", of("kbot_uptime_seconds")),
  {
    title: "What runs",
    kind: "table",
    unit: "none",
    about: 'simulated="true" means that nothing here is of a real market',
    queries: [query(of("kbot_info"))],
    width: 12,
  },
  {
    title: "Limits, used",
    kind: "bargauge",
    unit: "percentunit",
    queries: [query(of("kbot_limit_used_ratio"), "{{limit}}")],
    width: 12,
  },
  series(
    "Account",
    "currencyUSD",
    query(of("kbot_nav_dollars"), "net asset value"),
    query(of("kbot_cash_dollars"), "cash"),
    query(of("kbot_exposure_dollars"), "at risk"),
  ),
  series("Strategies, the day", "currencyUSD", query(of("kbot_strategy_daily_pnl_dollars"), "{{strategy}}")),
  series("Strategies, at stake", "currencyUSD", query(of("kbot_strategy_stake_dollars"), "{{strategy}}")),
  series("Strategies, state", "none", query(of("kbot_strategy_state"), "{{strategy}}")),
  series("Halts in force", "none", query(of("kbot_halt"), "{{name}} ({{level}})")),
  series(
    "Orders and fills",
    "ops",
    query(rate("kbot_orders_total"), "orders"),
    query(rate("kbot_fills_total"), "fills"),
  ),
  series("Refused by risk", "ops", query(rate("kbot_refusals_total"), "{{reason}}")),
  series("Indices, age", "s", query(of("kbot_index_age_seconds"), "{{index}}")),
  series("Indices", "currencyUSD", query(of("kbot_index_dollars"), "{{index}}")),
  series("Basis of sources", "currencyUSD", query(of("kbot_index_basis_dollars"), "{{index}} {{source}}")),
  series(
    "Books",
    "short",
    query(of("kbot_markets_open"), "markets"),
    query(of("kbot_books_synced"), "in sync"),
    query(rate("kbot_sequence_gaps_total"), "gaps a second"),
  ),
  series(
    "Exchange",
    "ops",
    query(rate("kbot_venue_frames_total"), "frames"),
    query(rate("kbot_venue_requests_total"), "requests"),
    query(rate("kbot_venue_request_errors_total"), "failed requests"),
  ),
  series("Exchange, latency", "s", query(of("kbot_venue_request_latency_seconds"), "newest request")),
  series("Feeds, age", "s", query(of("kbot_feed_age_seconds"), "{{feed}}")),
  series("Feeds, latency", "s", query(of("kbot_feed_latency_seconds"), "{{feed}}")),
  series("Feeds, refused", "ops", query(rate("kbot_feed_refused_total"), "{{feed}}: {{reason}}")),
  series(
    "Alerts",
    "ops",
    query(rate("kbot_alerts_queued_total"), "{{channel}}, taken"),
    query(rate("kbot_alerts_delivered_total"), "{{channel}}, delivered"),
    query(rate("kbot_alerts_lost_total"), "{{channel}}, lost"),
    query(rate("kbot_alerts_suppressed_total"), "{{channel}}, not severe enough"),
    query(rate("kbot_alerts_unsaid_total"), "{{reason}}"),
  ),
  series(
    "Alerts, delivery",
    "short",
    query(of("kbot_alerts_waiting"), "{{channel}}, waiting"),
    query(rate("kbot_alert_attempts_failed_total"), "{{channel}}, failed attempts a second"),
    query(rate("kbot_alert_attempts_retried_total"), "{{channel}}, attempts made again a second"),
    query(rate("kbot_alerts_dropped_total"), "{{channel}}, left out a second"),
  ),
  series("Memory", "bytes", query(of("process_resident_memory_bytes"), "resident")),
];

const COLUMNS = 24;
const HEIGHTS: Readonly<Record<Panel["kind"], number>> = { stat: 4, table: 6, bargauge: 8, timeseries: 8 };

/** Row by row from the left. */
function placed(panels: readonly Panel[]): readonly object[] {
  let x = 0;
  let y = 0;
  let tallest = 0;
  return panels.map(({ title, kind, unit, about, queries, width }, index) => {
    const height = HEIGHTS[kind];
    if (x + width > COLUMNS) {
      y += tallest;
      x = 0;
      tallest = 0;
    }
    const gridPos = { x, y, w: width, h: height };
    x += width;
    tallest = Math.max(tallest, height);
    return {
      id: index + 1,
      type: kind,
      title,
      ...(about === undefined ? {} : { description: about }),
      gridPos,
      datasource: { type: "prometheus", uid: "${datasource}" },
      fieldConfig: { defaults: { unit, ...(kind === "bargauge" ? { min: 0, max: 1 } : {}) }, overrides: [] },
      targets: queries.map(({ expr, legend }, number) => ({
        refId: String.fromCharCode("A".charCodeAt(0) + number),
        expr,
        legendFormat: legend === "" ? "__auto" : legend,
        ...(kind === "table" ? { format: "table", instant: true } : {}),
      })),
    };
  });
}

const variable = (name: string, more: object): object => ({ name, label: name, hide: 0, ...more });

export function grafanaDashboard(): object {
  return {
    uid: "kbot",
    title: "kbot",
    tags: ["kbot"],
    schemaVersion: 39,
    timezone: "utc",
    refresh: "10s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        variable("datasource", { type: "datasource", query: "prometheus" }),
        variable("instance", {
          type: "query",
          datasource: { type: "prometheus", uid: "${datasource}" },
          query: "label_values(kbot_up, instance)",
          refresh: 2,
          multi: true,
          includeAll: true,
        }),
      ],
    },
    panels: placed(PANELS),
  };
}
