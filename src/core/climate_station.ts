/**
 * The weather stations whose daily climate reports decide Kalshi's temperature markets, as data.
 *
 * Sources: city, high series, station, NWS office and CLI code are the table of KALSHI.md 9, and agree with the
 * settlement sources that the series themselves named in July 2026 (`product.php?site=OKX&product=CLI&issuedby=NYC`),
 * which is where the low series come from too. Coordinates are those of the stations' public listing, to 0.01 degree:
 * they only choose a forecast cell of 2.5 km. New York settles on Central Park, Chicago on Midway, Houston on Hobby,
 * Austin on Bergstrom. Kalshi lists a few more cities since autumn 2026; without a documented station they are not here.
 * @module
 */

import type { StandardTime } from "./climate_day.ts";

export interface ClimateStation {
  /** As the weather service names it: `KNYC`. */
  readonly id: string;
  readonly city: string;
  /** Kalshi's series on the day's highest and lowest temperature. */
  readonly highSeries: string;
  readonly lowSeries: string;
  /** The forecast office that issues its reports. */
  readonly office: string;
  /** The place of its climate report: `/products/types/CLI/locations/NYC` takes this and not the office. */
  readonly cli: string;
  /** In capitals, a word of the report's headline that tells it from others in the same product. */
  readonly headline: string;
  readonly standardTime: StandardTime;
  /** IANA name, for people; the climate day needs only the standard time. */
  readonly timeZone: string;
  readonly latitude: number;
  readonly longitude: number;
}

type Row = readonly [
  id: string,
  city: string,
  highSeries: string,
  lowSeries: string,
  office: string,
  cli: string,
  headline: string,
  standardTime: StandardTime,
  timeZone: string,
  latitude: number,
  longitude: number,
];

const NEW_YORK = "America/New_York";
const CHICAGO = "America/Chicago";
const LOS_ANGELES = "America/Los_Angeles";

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["KNYC", "New York", "KXHIGHNY", "KXLOWTNYC", "OKX", "NYC", "CENTRAL PARK", "eastern", NEW_YORK, 40.78, -73.97],
  ["KMDW", "Chicago", "KXHIGHCHI", "KXLOWTCHI", "LOT", "MDW", "MIDWAY", "central", CHICAGO, 41.79, -87.75],
  ["KMIA", "Miami", "KXHIGHMIA", "KXLOWTMIA", "MFL", "MIA", "MIAMI", "eastern", NEW_YORK, 25.79, -80.32],
  ["KAUS", "Austin", "KXHIGHAUS", "KXLOWTAUS", "EWX", "AUS", "BERGSTROM", "central", CHICAGO, 30.18, -97.68],
  ["KLAX", "Los Angeles", "KXHIGHLAX", "KXLOWTLAX", "LOX", "LAX", "AIRPORT", "pacific", LOS_ANGELES, 33.94, -118.39],
  ["KDEN", "Denver", "KXHIGHDEN", "KXLOWTDEN", "BOU", "DEN", "DENVER", "mountain", "America/Denver", 39.85, -104.66],
  ["KPHL", "Philadelphia", "KXHIGHPHIL", "KXLOWTPHIL", "PHI", "PHL", "PHILADELPHIA", "eastern", NEW_YORK, 39.87, -75.23],
  ["KATL", "Atlanta", "KXHIGHTATL", "KXLOWTATL", "FFC", "ATL", "ATLANTA", "eastern", NEW_YORK, 33.63, -84.44],
  ["KBOS", "Boston", "KXHIGHTBOS", "KXLOWTBOS", "BOX", "BOS", "BOSTON", "eastern", NEW_YORK, 42.36, -71.01],
  ["KDFW", "Dallas", "KXHIGHTDAL", "KXLOWTDAL", "FWD", "DFW", "DALLAS", "central", CHICAGO, 32.90, -97.02],
  ["KDCA", "Washington", "KXHIGHTDC", "KXLOWTDC", "LWX", "DCA", "WASHINGTON", "eastern", NEW_YORK, 38.85, -77.03],
  ["KHOU", "Houston", "KXHIGHTHOU", "KXLOWTHOU", "HGX", "HOU", "HOBBY", "central", CHICAGO, 29.64, -95.28],
  ["KLAS", "Las Vegas", "KXHIGHTLV", "KXLOWTLV", "VEF", "LAS", "LAS VEGAS", "pacific", LOS_ANGELES, 36.07, -115.16],
  ["KMSP", "Minneapolis", "KXHIGHTMIN", "KXLOWTMIN", "MPX", "MSP", "MINNEAPOLIS", "central", CHICAGO, 44.88, -93.23],
  ["KMSY", "New Orleans", "KXHIGHTNOLA", "KXLOWTNOLA", "LIX", "MSY", "NEW ORLEANS", "central", CHICAGO, 29.99, -90.26],
  ["KOKC", "Oklahoma City", "KXHIGHTOKC", "KXLOWTOKC", "OUN", "OKC", "OKLAHOMA CITY", "central", CHICAGO, 35.39, -97.60],
  ["KPHX", "Phoenix", "KXHIGHTPHX", "KXLOWTPHX", "PSR", "PHX", "PHOENIX", "mountain", "America/Phoenix", 33.43, -112.00],
  ["KSAT", "San Antonio", "KXHIGHTSATX", "KXLOWTSATX", "EWX", "SAT", "SAN ANTONIO", "central", CHICAGO, 29.53, -98.46],
  ["KSEA", "Seattle", "KXHIGHTSEA", "KXLOWTSEA", "SEW", "SEA", "SEATTLE", "pacific", LOS_ANGELES, 47.44, -122.31],
  ["KSFO", "San Francisco", "KXHIGHTSFO", "KXLOWTSFO", "MTR", "SFO", "SAN FRANCISCO", "pacific", LOS_ANGELES, 37.62, -122.37],
];

/** All stations, in the order of KALSHI.md 9. */
export const CLIMATE_STATIONS: readonly ClimateStation[] = ROWS.map(
  ([id, city, highSeries, lowSeries, office, cli, headline, standardTime, timeZone, latitude, longitude]) => ({
    id,
    city,
    highSeries,
    lowSeries,
    office,
    cli,
    headline,
    standardTime,
    timeZone,
    latitude,
    longitude,
  }),
);

const BY_ID: ReadonlyMap<string, ClimateStation> = new Map(CLIMATE_STATIONS.map((station) => [station.id, station]));

/** The station of this id, `null` where the table has none. */
export const climateStation = (id: string): ClimateStation | null => BY_ID.get(id) ?? null;
