/**
 * The temperatures in a raw METAR, in degrees Celsius. The body of the report has whole degrees (`29/23`); the remarks of
 * an automated American station add tenths and extremes (Federal Meteorological Handbook No. 1, 12.7):
 *
 * | group | says |
 * | --- | --- |
 * | `T02940228` | temperature and dew point to 0.1: 29.4 and 22.8; a leading 1 is a minus |
 * | `10244` | highest of the last six hours, 24.4; reported at 00, 06, 12 and 18 UTC |
 * | `20228` | lowest of the last six hours |
 * @module
 */

/** What a METAR says of temperature, degrees Celsius; `null` where it says nothing. */
export interface MetarTemperatures {
  /** To 0.1, from the remarks. */
  readonly tenths: number | null;
  /** Whole degrees, from the body. */
  readonly whole: number | null;
  readonly sixHourHigh: number | null;
  readonly sixHourLow: number | null;
}

/** The longest in practice are about 300 characters. */
const LENGTH_MAX = 1_000;

const HEADER = /^(?:METAR |SPECI )?(?:COR )?([A-Z][A-Z0-9]{3}) \d{6}Z /;
const BODY = / (M?)(\d\d)\/(?:M?\d\d|\/\/)?(?= |$)/;
const TENTHS = / T([01])(\d{3})(?:[01]\d{3})?(?= |$)/;
const SIX_HOUR_HIGH = / 1([01])(\d{3})(?= |$)/;
const SIX_HOUR_LOW = / 2([01])(\d{3})(?= |$)/;

function degrees(sign: string | undefined, tenths: string | undefined): number | null {
  if (sign === undefined || tenths === undefined) return null;
  return (sign === "1" ? -1 : 1) * Number(tenths) / 10;
}

/**
 * Reads a METAR of this station.
 *
 * @returns `null` where the text is none, or is another station's
 * @example
 * ```ts
 * import { readMetar } from "./metar.ts";
 * import assert from "node:assert/strict";
 * const metar = readMetar("KMDW 040153Z 15005KT 10SM CLR 29/23 A2993 RMK AO2 SLP121 T02940228 $", "KMDW");
 * assert.equal(metar?.tenths, 29.4);
 * ```
 */
export function readMetar(text: string, station: string): MetarTemperatures | null {
  if (text.length > LENGTH_MAX) return null;
  const header = HEADER.exec(text);
  if (header === null || header[1] !== station) return null;
  const [report, remarks = ""] = text.split(" RMK");
  const body = BODY.exec(report);
  const tenths = TENTHS.exec(remarks);
  const high = SIX_HOUR_HIGH.exec(remarks);
  const low = SIX_HOUR_LOW.exec(remarks);
  return {
    tenths: degrees(tenths?.[1], tenths?.[2]),
    whole: body === null ? null : (body[1] === "M" ? -1 : 1) * Number(body[2]),
    sixHourHigh: degrees(high?.[1], high?.[2]),
    sixHourLow: degrees(low?.[1], low?.[2]),
  };
}
