// The style of the map as a function of the view: which layers, in what order,
// in which colours. Nothing here touches the map.

/**
 * @typedef {object} Look
 * @property {(token: string) => string} color of a token of tokens.css, resolved
 * @property {ReadonlySet<string>} off layers switched off
 * @property {{code: string, icon: string, color: string}[]} classes
 * @property {string[]} classesOff
 * @property {string[]} conditionsOff
 * @property {number | null} step chosen class of the legend
 * @property {{noun: string, id: string} | null} selected
 * @property {string | null} hovered id of a segment
 * @property {string} pill name of the image behind values
 */

/** From this zoom on assets are badges, before it dots. */
export const badgeZoom = 15.9;

const fonts = ['sans-serif'];
const steps = [0, 1, 2, 3, 4];
const assetSource = { source: 'assets', 'source-layer': 'assets', layer: 'assets' };
const round = { 'line-cap': 'round', 'line-join': 'round' };

/**
 * A width that stays so many metres on the ground, but never under `least`
 * pixels. At 34° north a pixel of zoom 14 is 3.96 m.
 * @param {number} metres
 * @param {number} least
 */
function ground(metres, least) {
  const at = (/** @type {number} */ zoom) => Math.max(metres / (64900 / 2 ** zoom), least);
  return ['interpolate', ['exponential', 2], ['zoom'], 11, Math.min(at(11), least), 14, at(14), 16, at(16), 18, at(18), 20, at(20)];
}

/**
 * @param {string} property
 * @param {string[]} values
 */
const noneOf = (property, values) => ['!', ['in', ['get', property], ['literal', values]]];

/**
 * One output per class of assets.
 * @param {Look} look
 * @param {(c: Look['classes'][number]) => string} output
 * @param {string} otherwise
 */
function byClass(look, output, otherwise) {
  if (look.classes.length === 0) return otherwise;
  return ['match', ['get', 'class'], ...look.classes.flatMap((c) => [c.code, output(c)]), otherwise];
}

/** @param {Look} look */
function basemap(look) {
  const kind = (/** @type {string} */ k) => ['==', ['get', 'kind'], k];
  const fill = (/** @type {string} */ k, /** @type {string} */ layer) => ({
    id: `base-${k}`, type: 'fill', source: 'basemap', layer, filter: kind(k), paint: { 'fill-color': look.color(`map-${k}`) },
  });
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': look.color('map-ground') } },
    { id: 'inside', type: 'fill', source: 'areas', filter: ['==', ['get', 'level'], 'boundary'], paint: { 'fill-color': look.color('map-inside') } },
    fill('block', 'block'), fill('green', 'nature'), fill('water', 'nature'),
    { ...fill('building', 'building'), minzoom: 13, paint: { 'fill-color': look.color('map-building'), 'fill-outline-color': look.color('map-building-edge') } },
  ];
}

/** @param {Look} look */
function areas(look) {
  const level = (/** @type {string} */ l) => ['==', ['get', 'level'], l];
  const chosen = look.selected?.noun === 'area' ? look.selected.id : '';
  const outline = (/** @type {string} */ l, /** @type {number} */ width, /** @type {number[]} */ dash = [1, 0]) => ({
    id: `area-${l}-line`, type: 'line', source: 'areas', layer: l, filter: level(l), layout: { 'line-join': 'round' },
    paint: { 'line-color': look.color(`map-${l}`), 'line-width': width, 'line-dasharray': dash },
  });
  const fill = (/** @type {string} */ l, /** @type {number} */ opacity) => ({
    id: `area-${l}`, type: 'fill', source: 'areas', layer: l, filter: level(l), paint: { 'fill-color': look.color(`map-${l}`), 'fill-opacity': opacity },
  });
  return [
    fill('community', 0), fill('resettlement', 0.12), fill('compound', 0.18),
    outline('community', 1, [4, 3]), outline('resettlement', 1.2), outline('compound', 0.8), outline('boundary', 2.4, [6, 2, 1, 2]),
    { id: 'outside', type: 'fill', source: 'outside', paint: { 'fill-color': look.color('map-ground'), 'fill-opacity': 0.62 } },
    { id: 'area-money', type: 'fill', source: 'areas', filter: ['has', 'step'], paint: { 'fill-color': ['match', ['get', 'step'], ...steps.slice(1).flatMap((s) => [s, look.color(`step-${s}`)]), look.color('step-0')],
      'fill-opacity': look.step === null ? 0.8 : ['case', ['==', ['get', 'step'], look.step], 0.85, 0.15] } },
    { id: 'area-chosen-fill', type: 'fill', source: 'areas', filter: ['==', ['get', 'id'], chosen], paint: { 'fill-color': look.color('accent'), 'fill-opacity': 0.12 } },
    { id: 'area-chosen', type: 'line', source: 'areas', filter: ['==', ['get', 'id'], chosen], layout: { 'line-join': 'round' }, paint: { 'line-color': look.color('accent'), 'line-width': 3 } },
  ];
}

/** @param {Look} look */
function roads(look) {
  const road = { type: 'line', source: 'segments', layout: round };
  return [
    { ...road, id: 'road-edge', layer: 'roads', paint: { 'line-color': look.color('map-road-edge'), 'line-width': ground(17, 2.6) } },
    { ...road, id: 'road', layer: 'roads', paint: { 'line-color': look.color('map-road'), 'line-width': ground(15, 1.6) } },
  ];
}

/** @param {Look} look */
function keys(look) {
  const road = { type: 'line', source: 'segments', layout: round };
  const key = ['==', ['get', 'key'], true];
  const chosen = look.selected?.noun === 'segment' ? look.selected.id : '';
  const dim = look.step === null ? 1 : ['case', ['==', ['get', 'step'], look.step], 1, 0.18];
  return [
    { ...road, id: 'key-glow', filter: ['in', ['get', 'id'], ['literal', [chosen, look.hovered ?? '']]], paint: { 'line-color': look.color('map-chosen'), 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 9, 14, 13, 18, 30] } },
    { ...road, id: 'key-edge', layer: 'key', filter: key, paint: { 'line-color': look.color('map-road'), 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 4.5, 14, 8, 18, 22] } },
    { ...road, id: 'key', layer: 'key', filter: key, paint: {
      'line-color': ['match', ['get', 'step'], ...steps.slice(1).flatMap((s) => [s, look.color(`step-${s}`)]), look.color('step-0')],
      'line-width': ['interpolate', ['linear'], ['zoom'], 11, 3.2, 14, 6, 18, 16], 'line-opacity': dim } },
  ];
}

/**
 * @param {Look} look
 * @param {string} token
 */
const halo = (look, token) => ({ 'text-color': look.color(token), 'text-halo-color': look.color('map-halo'), 'text-halo-width': 1.8 });

/** @param {Look} look */
function assets(look) {
  const source = assetSource;
  const kept = [noneOf('class', look.classesOff), noneOf('condition', look.conditionsOff)];
  const type = (/** @type {string[]} */ ...types) => ['all', ['in', ['geometry-type'], ['literal', types]], ...kept];
  const color = byClass(look, (c) => c.color, look.color('map-text'));
  return [
    { ...source, id: 'asset-surface', type: 'fill', filter: type('Polygon', 'MultiPolygon'), paint: { 'fill-color': color, 'fill-opacity': 0.25 } },
    { ...source, id: 'asset-line', type: 'line', filter: type('LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'), paint: { 'line-color': color, 'line-width': 2 } },
    { ...source, id: 'asset-dot', type: 'circle', maxzoom: badgeZoom, filter: type('Point', 'MultiPoint'), paint: {
      'circle-color': color, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 1.4, 13, 1.6, 14.5, 2.4, 15.9, 4.2],
      'circle-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.85, 15, 0.95], 'circle-stroke-color': look.color('map-halo'), 'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 13.5, 0, 15, 0.8] } },
  ];
}

/** @param {Look} look */
function badges(look) {
  const source = assetSource;
  const kept = [noneOf('class', look.classesOff), noneOf('condition', look.conditionsOff)];
  const chosen = look.selected?.noun === 'asset' ? look.selected.id : '';
  return [
    { ...source, id: 'asset-badge', type: 'symbol', minzoom: badgeZoom, filter: ['all', ...kept], layout: {
      'icon-image': ['concat', byClass(look, (c) => `badge ${c.icon || 'other'} ${c.color}`, 'badge other #667580'), ' ', ['get', 'condition']],
      'icon-size': ['interpolate', ['linear'], ['zoom'], badgeZoom, 0.72, 18, 1], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
      'symbol-sort-key': ['match', ['get', 'condition'], 'dangerous', 3, 'poor', 2, 1] } },
    { ...source, id: 'asset-chosen', type: 'circle', filter: ['==', ['get', 'id'], chosen], paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 7, 16, 13, 18, 17], 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 3, 'circle-stroke-color': look.color('map-chosen') } },
  ];
}

/** @param {Look} look */
function labels(look) {
  const place = (/** @type {string} */ level, /** @type {number} */ minzoom, /** @type {number} */ size) => ({
    id: `name-${level}`, type: 'symbol', source: 'area-names', layer: level, minzoom, filter: ['==', ['get', 'level'], level],
    layout: { 'text-field': ['get', 'name'], 'text-font': fonts, 'text-size': size, 'text-max-width': 8, 'text-padding': 6 }, paint: halo(look, `map-${level}-text`),
  });
  return [
    { id: 'road-name', type: 'symbol', source: 'segments', layer: 'roads', minzoom: 13, layout: {
      'symbol-placement': 'line', 'text-field': ['get', 'road'], 'text-font': fonts, 'text-size': ['interpolate', ['linear'], ['zoom'], 13, 11, 17, 14],
      'text-letter-spacing': 0.12, 'symbol-spacing': 420, 'text-max-angle': 30, 'text-padding': 12 }, paint: halo(look, 'map-text') },
    place('compound', 15.5, 11), place('community', 13, 12), place('resettlement', 13, 12),
    { id: 'water-name', type: 'symbol', source: 'basemap', layer: 'nature', minzoom: 13, filter: ['in', ['get', 'kind'], ['literal', ['water', 'green']]], layout: {
      'text-field': ['get', 'name'], 'text-font': fonts, 'text-size': 12, 'text-letter-spacing': 0.1 }, paint: { ...halo(look, 'map-text'), 'text-color': ['match', ['get', 'kind'], 'water', look.color('map-water-text'), look.color('map-green-text')] } },
    { id: 'value', type: 'symbol', source: 'values', layer: 'key', minzoom: 12.6, layout: {
      'text-field': ['step', ['zoom'], ['get', 'label'], 15, ['concat', ['get', 'road'], '  ', ['get', 'label']]], 'text-font': fonts, 'text-size': 12, 'text-max-width': 40,
      'icon-image': look.pill, 'icon-text-fit': 'both', 'icon-text-fit-padding': [0, 2, 0, 2], 'icon-padding': 0, 'symbol-sort-key': ['-', 0, ['get', 'value']], 'text-padding': 0 },
    paint: { 'text-color': look.color('ink'), ...(look.step === null ? { 'text-opacity': 1, 'icon-opacity': 1 } : { 'text-opacity': only(look.step), 'icon-opacity': only(look.step) }) } },
  ];
}

/** @param {number} step */
const only = (step) => ['case', ['==', ['get', 'step'], step], 1, 0.2];

/**
 * Every layer, from the ground up. Layers that can be switched carry their
 * visibility.
 * @param {Look} look
 * @returns {any[]}
 */
export function layers(look) {
  /** @type {any[]} */
  const all = [...basemap(look), ...areas(look), ...roads(look), ...assets(look), ...keys(look), ...badges(look), ...labels(look)];
  return all.map(({ layer, ...rest }) => ({
    ...rest, layout: { ...rest.layout, visibility: layer && look.off.has(layer) ? 'none' : 'visible' },
  }));
}
