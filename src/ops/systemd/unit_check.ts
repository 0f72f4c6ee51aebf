/**
 * What of an installed service would end badly for kbot, and is no mistake to systemd, whose own are systemd-analyze
 * verify's. Looks at the unit with its drop-ins, as they are in force together.
 * @module
 */

import { bytesOf, isYes, type ReadUnit, readUnit, secondsOf, type Setting, type UnitText } from "./unit_text.ts";
import { WRITTEN_BY } from "./units.ts";

/** An end cancels what rests, and waits for the answers. */
const STOP_S_MIN = 30;
/** A busy disk keeps a run waiting for seconds. */
const WATCHDOG_S_MIN = 20;
/** A start reads the journal of the run before it. */
const START_S_MIN = 60;
/** What a run takes with a few hundred markets. */
const MEMORY_MIN = 300 * 2 ** 20;
const MIB = 2 ** 20;

const SECRET_NAME = /KEY|TOKEN|PASSWORD|SECRET|CONFIRM/;
const NO_SECRET = /_FILE$|_ID$/;

/** A unit as its rules look at it. */
class Service {
  readonly #unit: ReadUnit;

  constructor(unit: ReadUnit) {
    this.#unit = unit;
  }

  all(name: string): readonly Setting[] {
    return this.#unit.settings.get(`Service.${name}`) ?? [];
  }

  /** The one that counts: the last. */
  last(name: string): Setting | undefined {
    return this.all(name).at(-1);
  }

  is(name: string, test: (value: string) => boolean): Setting | undefined {
    const setting = this.last(name);
    return setting !== undefined && test(setting.value) ? setting : undefined;
  }
}

type Rule = (service: Service) => readonly string[];

const told = ({ place, value }: Setting, name: string, why: string): string => `${place}: ${name}=${value}: ${why}`;

/** A setting that may be left out, but must not be so. */
const wrong = (name: string, test: (value: string) => boolean, why: string): Rule => (service) => {
  const setting = service.is(name, test);
  return setting === undefined ? [] : [told(setting, name, why)];
};

/** Below a bound, and not switched off by 0. */
const below = (bound: number, read: (text: string) => number | null) => (value: string): boolean => {
  const number = read(value);
  return number !== null && number > 0 && number < bound;
};

const RULES: readonly Rule[] = [
  (service) => {
    const [first, second] = service.all("ExecStart");
    if (first === undefined) return ["There is no ExecStart=: nothing would be started"];
    if (second === undefined) return [];
    return [told(second, "ExecStart", "a second one; a drop-in that changes it begins with an empty ExecStart=")];
  },
  wrong(
    "Type",
    (value) => !/^(notify|notify-reload|exec|simple)$/.test(value),
    "kbot stays in the foreground and says itself when it is ready; take notify",
  ),
  wrong(
    "NotifyAccess",
    (value) => value === "none",
    "systemd would not hear that kbot is ready and lives; take main",
  ),
  wrong(
    "WatchdogSec",
    below(WATCHDOG_S_MIN, secondsOf),
    `a busy disk would have it killed; take ${WATCHDOG_S_MIN}s or more`,
  ),
  wrong(
    "TimeoutStopSec",
    (value) => (secondsOf(value) ?? STOP_S_MIN) < STOP_S_MIN,
    `it could be killed before its orders are cancelled; take ${STOP_S_MIN}s or more`,
  ),
  wrong(
    "TimeoutStartSec",
    below(START_S_MIN, secondsOf),
    `a start may have to read a long journal; take ${START_S_MIN}s or more`,
  ),
  wrong(
    "KillSignal",
    (value) => !/^(SIG)?(TERM|INT)$/.test(value),
    "only SIGTERM and SIGINT let it cancel its orders",
  ),
  wrong("KillMode", (value) => value === "none", "it would go on trading after a stop; take mixed"),
  (service) => {
    const restart = service.last("Restart");
    if (restart === undefined || restart.value === "no") return ["Restart= is off: what fails or is killed stays down"];
    const prevented = service.all("RestartPreventExitStatus").flatMap(({ value }) => value.split(/\s+/));
    const missing = ["2", "3"].filter((code) => !prevented.includes(code));
    return missing.length === 0 ? [] : [
      `RestartPreventExitStatus= lacks ${missing.join(" and ")}: a wrong configuration (2) would be started in vain, ` +
      "and a halt by risk (3) wants a person",
    ];
  },
  wrong("MemoryDenyWriteExecute", isYes, "V8 compiles while it runs, and kbot would end at once"),
  wrong(
    "MemoryMax",
    below(MEMORY_MIN, bytesOf),
    `it would be ended for want of memory; take ${MEMORY_MIN / MIB}M or more`,
  ),
  wrong(
    "LimitAS",
    (value) => value !== "infinity",
    "V8 reserves far more address space than it uses, and kbot would end at once; take MemoryMax=",
  ),
  wrong("PrivateNetwork", isYes, "the exchange could not be reached"),
  (service) =>
    service.all("Environment").flatMap((setting) =>
      [...setting.value.matchAll(/(\w+)=/g)]
        .filter(([, name]) => SECRET_NAME.test(name) && !NO_SECRET.test(name))
        .map(([, name]) =>
          `${setting.place}: Environment=${name}=... can be read by everybody here; take LoadCredential=`
        )
    ),
];

/** What one person's own manager does not need: it is that person's already, with a home for the state. */
const MACHINE_RULES: readonly Rule[] = [
  (service) => {
    const user = service.last("User");
    const dynamic = service.is("DynamicUser", isYes) !== undefined;
    const root = user === undefined ? !dynamic : /^(root|0)$/.test(user.value);
    return root ? ["It would run as root: take DynamicUser=yes, or a User= of its own"] : [];
  },
  (service) =>
    service.is("DynamicUser", isYes) !== undefined && service.all("StateDirectory").length === 0
      ? ["StateDirectory= is missing: a user that DynamicUser= makes has no other place to keep state"]
      : [],
];

/**
 * @param texts the unit, then its drop-ins in the order that they count in
 * @param user of one person's own manager
 */
export function checkUnit(texts: readonly UnitText[], user: boolean): readonly string[] {
  const unit = readUnit(texts);
  const [own] = texts;
  const foreign = own === undefined || own.text.startsWith(WRITTEN_BY)
    ? []
    : [`${own.path} was not written by kbot, and kbot systemd --install will not touch it`];
  return [
    ...foreign,
    ...unit.odd.map(({ place, value }) => `${place}: ${JSON.stringify(value)} is no setting in a section`),
    ...[...RULES, ...user ? [] : MACHINE_RULES].flatMap((rule) => rule(new Service(unit))),
  ];
}
