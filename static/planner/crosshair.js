// The place that a person without a mouse puts things at: the middle of the map
// that is seen, which a panel may cover in part.
import { useEffect, useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { tool } from '../base/store.js';
import { placeAtCentre, session, stageMap } from './drawing.js';

export function Crosshair() {
  const map = stageMap.value;
  const wanted = session.value?.kind === 'Point';
  const [at, setAt] = useState({ x: 0, y: 0 });
  useEffect(() => {
    if (!map || !wanted) return undefined;
    const look = () => { const { x, y } = map.project(map.getCenter()); setAt({ x, y }); };
    look();
    for (const event of ['move', 'resize']) map.on(event, look);
    return () => { for (const event of ['move', 'resize']) map.off(event, look); };
  }, [map, wanted]);
  if (!map || !wanted) return null;
  return html`<div class="crosshair" style=${{ '--x': `${at.x}px`, '--y': `${at.y}px` }}><i aria-hidden="true"></i>
    ${tool.value === 'add' && html`<button class="button" id="place-here" onClick=${placeAtCentre}>${t('draw.centre')}</button>`}</div>`;
}
