/**
 * Messages as the exchanges send them, in the order of a connection: for tests. Shapes after KALSHI.md 11
 * and the exchanges' own documents; Kraken's book is the documented example of its checksum.
 * @module
 */

export const COINBASE_MESSAGES: readonly string[] = [
  '{"type":"subscriptions","channels":[{"name":"ticker","product_ids":["BTC-USD"],"account_ids":null},{"name":"matches","product_ids":["BTC-USD"],"account_ids":null},{"name":"heartbeat","product_ids":["BTC-USD"],"account_ids":null},{"name":"level2_50","product_ids":["BTC-USD"],"account_ids":null}]}',
  '{"type":"last_match","trade_id":82047307,"maker_order_id":"0f358725-2134-435e-be11-753912a326e0","taker_order_id":"252b7002-87a3-425c-ac73-f5b9e23f3caf","side":"sell","size":"0.00513192","price":"22345.10","product_id":"BTC-USD","sequence":7388547300,"time":"2026-09-21T14:13:19.158814Z"}',
  '{"type":"snapshot","product_id":"BTC-USD","asks":[["22349.68","0.03131702"],["22350.00","1.20000000"]],"bids":[["22345.67","0.10647825"],["22345.00","2.00000000"]],"time":"2026-09-21T14:13:19.200000Z"}',
  '{"type":"ticker","sequence":7388547310,"product_id":"BTC-USD","price":"22345.67","open_24h":"22308.13","volume_24h":"470.21","low_24h":"22150","high_24h":"22495.15","volume_30d":"25713.98","best_bid":"22345.67","best_bid_size":"0.10647825","best_ask":"22349.68","best_ask_size":"0.03131702","side":"sell","time":"2026-09-21T14:13:20.799258Z","trade_id":82047308,"last_size":"0.00352175"}',
  '{"type":"match","trade_id":82047308,"maker_order_id":"0f358725-2134-435e-be11-753912a326e0","taker_order_id":"252b7002-87a3-425c-ac73-f5b9e23f3caf","side":"sell","size":"0.00352175","price":"22345.67","product_id":"BTC-USD","sequence":7388547310,"time":"2026-09-21T14:13:20.799258Z"}',
  '{"type":"l2update","product_id":"BTC-USD","changes":[["buy","22345.67","0.10295650"],["sell","22349.68","0.00000000"]],"time":"2026-09-21T14:13:20.810000Z"}',
  '{"type":"heartbeat","last_trade_id":82047308,"product_id":"BTC-USD","sequence":7388547311,"time":"2026-09-21T14:13:21.000000Z"}',
];

export const KRAKEN_SNAPSHOT =
  '{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":45283.5,"qty":0.10000000},{"price":45283.4,"qty":1.54582015},{"price":45282.1,"qty":0.10000000},{"price":45281.0,"qty":0.10000000},{"price":45280.3,"qty":1.54592586},{"price":45279.0,"qty":0.07990000},{"price":45277.6,"qty":0.03310103},{"price":45277.5,"qty":0.30000000},{"price":45277.3,"qty":1.54602737},{"price":45276.6,"qty":0.15445238}],"asks":[{"price":45285.2,"qty":0.00100000},{"price":45286.4,"qty":1.54571953},{"price":45286.6,"qty":1.54571109},{"price":45289.6,"qty":1.54560911},{"price":45290.2,"qty":0.15890660},{"price":45291.8,"qty":1.54553491},{"price":45294.7,"qty":0.04454749},{"price":45296.1,"qty":0.35380000},{"price":45297.5,"qty":0.09945542},{"price":45299.5,"qty":0.18772827}],"checksum":3310070434,"timestamp":"2026-09-21T14:13:19.100000Z"}]}';

export const KRAKEN_MESSAGES: readonly string[] = [
  '{"channel":"status","type":"update","data":[{"version":"2.0.9","system":"online","api_version":"v2","connection_id":12393906104898154338}]}',
  '{"method":"subscribe","result":{"channel":"ticker","symbol":"BTC/USD","snapshot":true},"success":true,"time_in":"2026-09-21T14:13:19.090000Z","time_out":"2026-09-21T14:13:19.090100Z"}',
  KRAKEN_SNAPSHOT,
  '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":45283.5,"bid_qty":0.1,"ask":45285.2,"ask_qty":0.001,"last":45284.0,"volume":163.28,"vwap":45904.39,"low":44711.00,"high":46613.10,"change":250.00,"change_pct":0.24}]}',
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":45285.2,"qty":0.00027625,"ord_type":"limit","trade_id":10218208,"timestamp":"2026-09-21T14:13:20.440295Z"}]}',
  '{"channel":"heartbeat"}',
  '{"method":"pong","time_in":"2026-09-21T14:13:20.500000Z","time_out":"2026-09-21T14:13:20.500010Z"}',
];

export const BITSTAMP_MESSAGES: readonly string[] = [
  '{"event":"bts:subscription_succeeded","channel":"live_trades_btcusd","data":{}}',
  '{"data":{"timestamp":"1790000000","microtimestamp":"1790000000684047","bids":[["38427.03","0.03000000"],["38425.49","0.50000000"]],"asks":[["38440.21","0.64600000"],["38440.22","0.20000000"]]},"channel":"order_book_btcusd","event":"data"}',
  '{"event":"trade","channel":"live_trades_btcusd","data":{"id":106833903,"timestamp":"1790000001","microtimestamp":"1790000001934000","amount":0.14406384,"amount_str":"0.14406384","price":38430.92,"price_str":"38430.92","type":0,"buy_order_id":1207733769326592,"sell_order_id":1207733765476352}}',
  '{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}',
];

export const GEMINI_MESSAGES: readonly string[] = [
  '{"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","22252.37","0.02"],["buy","22251.00","1.5"],["sell","22255.10","0.4"],["sell","22256.00","3"]],"trades":[{"type":"trade","symbol":"BTCUSD","event_id":122258166738,"timestamp":1790000000424,"price":"22254.14","quantity":"0.00004473","side":"buy"},{"type":"trade","symbol":"BTCUSD","event_id":122258166700,"timestamp":1789999999000,"price":"22253.00","quantity":"0.1","side":"sell"}],"auction_events":[]}',
  '{"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","22252.37","0"],["sell","22255.10","0.1"]]}',
  '{"type":"trade","symbol":"BTCUSD","event_id":122258166799,"timestamp":1790000002500,"price":"22255.10","quantity":"0.3","side":"buy"}',
  '{"type":"heartbeat","timestamp":1790000005000}',
];
