/**
 * What the simulated weather service writes for people: METARs and daily climate reports, in the real layouts.
 * @module
 */

import { climateDaySpan, STANDARD_HOURS_BEHIND } from "../../../core/climate_day.ts";
import type { ClimateStation } from "../../../core/climate_station.ts";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE } from "../../../core/units.ts";
import type { Extremes } from "./nws_weather.ts";

const HOUR = 60 * MICROS_PER_MINUTE;
const MONTHS = [
  "JANUARY",
  "FEBRUARY",
  "MARCH",
  "APRIL",
  "MAY",
  "JUNE",
  "JULY",
  "AUGUST",
  "SEPTEMBER",
  "OCTOBER",
  "NOVEMBER",
  "DECEMBER",
];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const STANDARD_NAMES = { eastern: "EST", central: "CST", mountain: "MST", pacific: "PST" } as const;

const date = (at: number): Date => new Date(Math.floor(at / MICROS_PER_MILLISECOND));
const padded = (value: number, digits: number): string => value.toString().padStart(digits, "0");

/** Whole degrees Fahrenheit as METARs have them: tenths of a degree Celsius. */
export const tenthsCelsius = (degreesF: number): number => Math.round((degreesF - 32) * 50 / 9) / 10;

const whole = (celsius: number): string => (celsius < 0 ? "M" : "") + padded(Math.abs(Math.round(celsius)), 2);
const remark = (celsius: number): string => (celsius < 0 ? "1" : "0") + padded(Math.round(Math.abs(celsius) * 10), 3);

/** A routine report; every sixth hour with the extremes of the hours before it. */
export function metarText(station: string, at: Micros, degreesF: number, sixHours: Extremes | null): string {
  const time = date(at);
  const celsius = tenthsCelsius(degreesF);
  const dewPoint = celsius - 6;
  const stamp = padded(time.getUTCDate(), 2) + padded(time.getUTCHours(), 2) + padded(time.getUTCMinutes(), 2);
  const extremes = sixHours === null || sixHours.highF === null || sixHours.lowF === null
    ? ""
    : ` 1${remark(tenthsCelsius(sixHours.highF))} 2${remark(tenthsCelsius(sixHours.lowF))}`;
  const remarks = `AO2 T${remark(celsius)}${remark(dewPoint)}${extremes}`;
  return `${station} ${stamp}Z AUTO 20005KT 10SM CLR ${whole(celsius)}/${whole(dewPoint)} A3002 RMK ${remarks}`;
}

const clock = (hour: number, minute: number): string =>
  `${(hour + 11) % 12 + 1}${padded(minute, 2)} ${hour < 12 ? "AM" : "PM"}`;

/** One of a station's daily climate reports. */
export interface ReportToWrite {
  readonly station: ClimateStation;
  readonly day: string;
  readonly issuedAt: Micros;
  readonly extremes: Extremes;
  readonly final: boolean;
}

/** In the layout of the New York office, all times in standard time. */
export function climateReportText({ station, day, issuedAt, extremes, final }: ReportToWrite): string {
  const local = (at: Micros): Date => date(at - STANDARD_HOURS_BEHIND[station.standardTime] * HOUR);
  const issued = local(issuedAt);
  const about = local(climateDaySpan(day, station.standardTime)?.start ?? issuedAt);
  const row = (name: string, degrees: number | null, at: Micros): string => {
    const time = local(at);
    const value = degrees === null ? "MM" : degrees.toString();
    const when = degrees === null ? "" : clock(time.getUTCHours(), time.getUTCMinutes());
    return `  ${name}${value.padStart(11)}${when.padStart(10)}  96    1955  83     -4       72       `;
  };
  const stamp = `${clock(issued.getUTCHours(), issued.getUTCMinutes())} ${STANDARD_NAMES[station.standardTime]} ` +
    `${WEEKDAYS[issued.getUTCDay()]} ${MONTHS[issued.getUTCMonth()].slice(0, 3)} ${issued.getUTCDate()} ` +
    `${issued.getUTCFullYear()}`;
  const named = `${MONTHS[about.getUTCMonth()]} ${about.getUTCDate()} ${about.getUTCFullYear()}`;
  return [
    "",
    "000",
    `CDUS41 K${station.office} ${padded(issued.getUTCDate(), 2)}0000`,
    `CLI${station.cli}`,
    "",
    "CLIMATE REPORT",
    `NATIONAL WEATHER SERVICE ${station.city.toUpperCase()}, SIMULATED`,
    stamp,
    "",
    "...................................",
    "",
    `...THE ${station.city.toUpperCase()} ${station.headline} CLIMATE SUMMARY FOR ${named}...`,
    ...(final ? [] : ["VALID TODAY AS OF 0400 PM LOCAL TIME."]),
    "",
    "WEATHER ITEM   OBSERVED TIME   RECORD YEAR NORMAL DEPARTURE LAST",
    "                VALUE   (LST)  VALUE       VALUE  FROM      YEAR",
    "...................................................................",
    "TEMPERATURE (F)",
    final ? " YESTERDAY" : " TODAY",
    row("MAXIMUM", extremes.highF, extremes.highAt),
    row("MINIMUM", extremes.lowF, extremes.lowAt),
    "",
    "PRECIPITATION (IN)",
    `  ${final ? "YESTERDAY" : "TODAY    "}        0.00          4.45 2021   0.15  -0.15     0.27`,
    "...................................................................",
    "",
    " MAXIMUM TEMPERATURE (F)   83        95      1916",
    " MINIMUM TEMPERATURE (F)   68        52      1895",
    "",
    "$$",
  ].join("\n");
}
