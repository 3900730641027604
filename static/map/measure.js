// The tape measure: positions put down one by one, and the length between.
import { signal } from '@preact/signals';
import { distance } from './place.js';

/** Whether the tape is in hand: clicks then belong to it. */
export const measuring = signal(false);

/** @type {import('@preact/signals').Signal<import('./place.js').Position[]>} */
export const tape = signal(/** @type {import('./place.js').Position[]} */ ([]));

/** Metres along the tape. */
export const taped = () => tape.value.slice(1).reduce((sum, p, i) => sum + distance(tape.value[i], p), 0);

/**
 * Takes the tape in hand on a map.
 * @param {import('maplibre-gl').Map} map
 * @param {string} color
 * @returns {() => void} puts it away
 */
export function measure(map, color) {
  map.addSource('tape', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer({ id: 'tape-line', type: 'line', source: 'tape', paint: { 'line-color': color, 'line-width': 3, 'line-dasharray': [2, 1] } });
  map.addLayer({ id: 'tape-point', type: 'circle', source: 'tape', paint: { 'circle-color': '#fff', 'circle-radius': 5, 'circle-stroke-width': 2.5, 'circle-stroke-color': color } });
  map.doubleClickZoom.disable();
  map.getCanvas().style.cursor = 'crosshair';
  const draw = () => {
    const points = tape.peek();
    const line = points.length > 1 ? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: points } }] : [];
    map.getSource('tape').setData({ type: 'FeatureCollection', features: [...line, ...points.map((c) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: c } }))] });
  };
  const put = (/** @type {import('maplibre-gl').MapEvent} */ e) => {
    tape.value = [...tape.peek(), [e.lngLat.lng, e.lngLat.lat]];
    draw();
  };
  map.on('click', put);
  measuring.value = true;
  return () => {
    map.off('click', put);
    /** @type {any} */ (map).removeLayer('tape-line');
    /** @type {any} */ (map).removeLayer('tape-point');
    /** @type {any} */ (map).removeSource('tape');
    map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = '';
    tape.value = [];
    measuring.value = false;
  };
}
