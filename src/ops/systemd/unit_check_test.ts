import assert from "node:assert/strict";
import { checkUnit } from "./unit_check.ts";
import { bytesOf, readUnit, secondsOf } from "./unit_text.ts";
import { unitFiles } from "./units.ts";

const UNIT = "/etc/systemd/system/kbot.service";
const DROP_IN = "/etc/systemd/system/kbot.service.d/override.conf";

const own = (user: boolean): string =>
  unitFiles({ program: "/usr/local/bin/kbot", user }).find(({ path }) => path === "kbot.service")?.text ??
    assert.fail("No service");

const withDropIn = (text: string, user = false): readonly string[] =>
  checkUnit([{ path: UNIT, text: own(user) }, { path: DROP_IN, text }], user);

for (const user of [false, true]) {
  Deno.test(`nothing is wrong with ${user ? "a user's" : "the machine's"} own unit, nor with its examples in force`, () => {
    assert.deepEqual(checkUnit([{ path: UNIT, text: own(user) }], user), []);
    for (const { path, text } of unitFiles({ program: "/usr/local/bin/kbot", user })) {
      if (path.endsWith(".example")) assert.deepEqual(withDropIn(text, user), [], path);
    }
  });
}

const EDITS: readonly (readonly [edit: string, found: RegExp])[] = [
  [
    "ExecStart=/usr/local/bin/kbot run --live",
    /line 2: ExecStart=.*: a second one; .* begins with an empty ExecStart=/,
  ],
  ["ExecStart=", /^There is no ExecStart=/],
  ["Type=forking", /line 2: Type=forking: kbot stays in the foreground/],
  ["Type=oneshot", /Type=oneshot: /],
  ["NotifyAccess=none", /NotifyAccess=none: systemd would not hear/],
  ["WatchdogSec=5", /WatchdogSec=5: a busy disk would have it killed/],
  ["WatchdogSec=1500ms", /WatchdogSec=1500ms: /],
  ["TimeoutStopSec=5s", /TimeoutStopSec=5s: it could be killed before its orders are cancelled/],
  ["TimeoutStartSec=10s", /TimeoutStartSec=10s: /],
  ["KillSignal=SIGKILL", /KillSignal=SIGKILL: only SIGTERM and SIGINT/],
  ["KillMode=none", /KillMode=none: it would go on trading/],
  ["Restart=no", /^Restart= is off/],
  ["RestartPreventExitStatus=", /^RestartPreventExitStatus= lacks 2 and 3: /],
  ["RestartPreventExitStatus=\nRestartPreventExitStatus=2", /^RestartPreventExitStatus= lacks 3: /],
  ["MemoryDenyWriteExecute=yes", /MemoryDenyWriteExecute=yes: V8 compiles while it runs/],
  ["MemoryMax=128M", /MemoryMax=128M: it would be ended for want of memory/],
  ["LimitAS=2G", /LimitAS=2G: V8 reserves far more address space than it uses/],
  ["PrivateNetwork=true", /PrivateNetwork=true: /],
  ["DynamicUser=no", /^It would run as root/],
  ["User=root", /^It would run as root/],
  ["StateDirectory=", /^StateDirectory= is missing/],
  ["Environment=KBOT_TELEGRAM_TOKEN=12:ab", /Environment=KBOT_TELEGRAM_TOKEN=\.\.\. can be read by everybody here/],
  ["MemoryMax 1G", /line 2: "MemoryMax 1G" is no setting in a section/],
];

for (const [edit, found] of EDITS) {
  Deno.test(`found in a drop-in: ${edit.replaceAll("\n", "; ")}`, () => {
    const findings = withDropIn(`[Service]\n${edit}\n`);
    assert.equal(findings.length, 1, findings.join("\n"));
    assert.match(findings[0], found);
    assert.doesNotMatch(findings[0], /12:ab/);
  });
}

const HARMLESS = [
  "WatchdogSec=0",
  "TimeoutStopSec=2min 30s",
  "TimeoutStopSec=infinity",
  "MemoryMax=infinity",
  "MemoryMax=50%",
  "KillSignal=INT",
  "User=kbot",
  "Environment=KBOT_KALSHI_KEY_ID=a KBOT_KALSHI_PRIVATE_KEY_FILE=/etc/kbot/key",
  "# MemoryDenyWriteExecute=yes",
  "Environment=A=b \\\n  ; MemoryDenyWriteExecute=yes\n  C=d",
];

for (const edit of HARMLESS) {
  Deno.test(`harmless in a drop-in: ${edit.replaceAll("\n", "; ")}`, () => {
    assert.deepEqual(withDropIn(`[Service]\n${edit}\n`), []);
  });
}

Deno.test("what stands before the first section is no setting, and a unit of others is named as such", () => {
  const findings = checkUnit([{ path: UNIT, text: `Type=notify\n${own(false)}` }], false);
  assert.match(findings[0], /was not written by kbot/);
  assert.match(findings[1], /kbot\.service line 1: "Type=notify" is no setting in a section/);
});

Deno.test("joined lines, comments and empty assignments are read as systemd reads them", () => {
  const text = "[Service]\nA=1 \\\n# comment\n  2\nB=1\nB=2\nC=1\nC=\nC=3\n;D=4\n";
  const { settings, odd } = readUnit([{ path: "u", text }]);
  assert.deepEqual(odd, []);
  assert.deepEqual([...settings].map(([key, all]) => [key, all.map(({ value }) => value)]), [
    ["Service.A", ["1 2"]],
    ["Service.B", ["1", "2"]],
    ["Service.C", ["3"]],
  ]);
});

Deno.test("spans and sizes are read in their units", () => {
  const spans = { "90": 90, "1min 30s": 90, "2h": 7_200, "500ms": 0.5, infinity: Infinity, soon: null, "3 eons": null };
  for (const [text, seconds] of Object.entries(spans)) assert.equal(secondsOf(text), seconds, text);
  const sizes = { "1024": 1_024, "2K": 2_048, "1G": 2 ** 30, infinity: Infinity, "50%": null, much: null };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(bytesOf(text), bytes, text);
});
