// What a class will look like: on the map, in the lists, and as a form.
import { useEffect, useRef, useState } from 'preact/hooks';
import { html, Badge } from '../base/view.js';
import { named, t } from '../base/i18n.js';
import { badge } from '../map/badges.js';
import { fieldsOf, geometries } from './class_draft.js';
import { AttributeForm, attributeFaults } from './form.js';
import { departments, people } from './people.js';

/** The map's own picture of a badge. @param {{icon: string, color: string, condition: string}} props */
function MapBadge({ icon, color, condition }) {
  const drawn = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    let gone = false;
    badge(`badge ${icon || 'other'} ${color} ${condition}`).then((picture) => {
      const canvas = drawn.current;
      if (gone || !canvas) return;
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext('2d')?.putImageData(picture, 0, 0);
    }, console.warn);
    return () => { gone = true; };
  }, [icon, color, condition]);
  return html`<canvas ref=${drawn} class=${`on-map ${condition}`} width="52" height="52"></canvas>`;
}

/** @param {{draft: import('./class_draft.js').Draft}} props */
function MiniMap({ draft: { icon, color, geometry } }) {
  return html`<div class=${`mini-map ${geometry}`} role="img" aria-label=${t('class.preview.map')} style=${{ '--badge': color }}>
    <i class="mini-road"></i>${geometry !== geometries[0] && html`<i class="mini-shape"></i>`}
    ${['good', 'poor', 'dangerous'].map((c) => html`<${MapBadge} key=${c} icon=${icon} color=${color} condition=${c} />`)}
  </div>`;
}

/** @param {{draft: import('./class_draft.js').Draft}} props */
export function ClassPreview({ draft }) {
  const [values, setValues] = useState(/** @type {Record<string, unknown>} */ ({}));
  const [touched, setTouched] = useState(/** @type {ReadonlySet<string>} */ (new Set()));
  const fields = fieldsOf(draft);
  const faults = Object.fromEntries(Object.entries(attributeFaults({ fields }, values)).filter(([key]) => touched.has(key)));
  const change = (/** @type {string} */ key, /** @type {unknown} */ value) => { setValues({ ...values, [key]: value }); setTouched(new Set([...touched, key])); };
  return html`<aside class="preview" aria-label=${t('class.preview')}>
    <h3>${t('class.preview')}</h3>
    <${MiniMap} draft=${draft} />
    <p class="preview-row"><${Badge} icon=${draft.icon} color=${draft.color} /><span>${named(draft.name, draft.name_en) || t('class.unnamed')}</span></p>
    <h4>${t('class.preview.form')}</h4>
    ${fields.length === 0 ? html`<p class="quiet">${t('class.fields.none')}</p>`
      : html`<${AttributeForm} cls=${{ fields }} values=${values} errors=${faults} onChange=${change} people=${people.data.value ?? []} departments=${departments.data.value ?? []} />`}
  </aside>`;
}
