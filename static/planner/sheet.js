// The right panel, or on a narrow screen the sheet that is drawn up from below.
import { useEffect, useRef, useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { selected, vs } from '../base/store.js';
import { SegmentSheet } from './segment.js';
import { AssetSheet } from './asset.js';
import { AreaSheet } from './area.js';
import { entering } from './entering.js';

const sheets = { segment: SegmentSheet, asset: AssetSheet, area: AreaSheet };
const heights = /** @type {const} */ (['low', 'half', 'full']);
const tap = 6; // px: a shorter drag is a tap

/** The handle: dragged, tapped, or moved with the arrow keys. */
function useHeight() {
  const [height, setHeight] = useState(/** @type {typeof heights[number]} */ ('half'));
  const start = useRef(0);
  const to = (/** @type {number} */ by) => setHeight(heights[Math.min(Math.max(heights.indexOf(height) + by, 0), 2)]);
  const handle = {
    onPointerDown: (/** @type {any} */ e) => { start.current = e.clientY; e.currentTarget.setPointerCapture(e.pointerId); },
    onPointerUp: (/** @type {PointerEvent} */ e) => {
      const by = start.current - e.clientY;
      if (Math.abs(by) < tap) setHeight(height === 'half' ? 'full' : 'half');
      else to((by > 0 ? 1 : -1) * (Math.abs(by) > innerHeight * 0.45 ? 2 : 1));
    },
    onKeyDown: (/** @type {KeyboardEvent} */ e) => {
      if (e.key === 'ArrowUp') to(1);
      if (e.key === 'ArrowDown') to(-1);
      if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); setHeight(height === 'half' ? 'full' : 'half'); }
    },
  };
  return { height, setHeight, handle };
}

/** @param {{children: any}} props */
export function Sheet({ children }) {
  const { height, setHeight, handle } = useHeight();
  const chosen = entering.value ? null : selected.value;
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (chosen && height === 'low') setHeight('half');
    if (body.current) body.current.scrollTop = 0;
  }, [chosen?.id]);
  const Chosen = chosen && sheets[chosen.noun];
  return html`<section class=${`panel ${height}`} id="panel" tabindex="-1" aria-label=${t('panel')}>
    <button class="handle" aria-label=${t('panel.height')} aria-expanded=${height === 'full'} ...${handle}><i></i></button>
    <div class="panel-body" ref=${body}>
      ${chosen && html`<button class="back" id="back" onClick=${() => { selected.value = null; }}><${Icon} name="ui-back" />${t(vs.value ? 'compare' : 'back')}</button>`}
      ${Chosen ? html`<${Chosen} key=${chosen.id} id=${chosen.id} />` : children}
    </div>
  </section>`;
}
