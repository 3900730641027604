// What can be done with the object of a sheet, by those who may.
import { useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { may } from '../base/session.js';
import { past } from '../base/store.js';
import { AreaDialog, AssetDialog, SegmentDialog } from './edit.js';
import { DeleteDialog, ReplaceDialog, StepDialog } from './lifecycle.js';
import { reshape } from './drawing.js';
import { LabelButton } from './labels.js';
import { MergeForm } from './merge.js';
import { SplitForm } from './split.js';

/** @typedef {import('./registry.js').Feature} Feature */

/** @param {{id: string, icon: string, label: string, act: () => void}} props */
function Action({ id, icon, label, act }) {
  return html`<button class="button" id=${id} onClick=${act}><${Icon} name=${icon} />${label}</button>`;
}

/** What the life cycle allows next, by status. */
const steps = { planned: ['install', 'remove'], in_service: ['replace', 'remove'], removed: ['restore'] };
const icons = { install: 'ui-check', remove: 'ui-minus', restore: 'ui-retry', replace: 'ui-swap' };

/** @param {{feature: Feature, reload: () => void}} props */
export function AssetActions({ feature, reload }) {
  const [open, setOpen] = useState('');
  if (past.value || !may('field')) return null;
  const close = () => { setOpen(''); reload(); };
  const next = steps[/** @type {keyof typeof steps} */ (feature.properties.status)] ?? [];
  return html`<div class="actions" role="toolbar" aria-label=${t('actions')}>
      <${Action} id="act-edit" icon="ui-edit" label=${t('edit')} act=${() => setOpen('edit')} />
      <${Action} id="act-move" icon="ui-move" label=${t(feature.geometry.type === 'Point' ? 'move' : 'reshape')} act=${() => reshape('assets', feature)} />
      ${next.map((verb) => html`<${Action} key=${verb} id=${`act-${verb}`} icon=${icons[/** @type {keyof typeof icons} */ (verb)]} label=${t(`life.${verb}`)} act=${() => setOpen(verb)} />`)}
      <${LabelButton} id="act-label" select=${() => ({ ids: [feature.id] })} />
      <${Action} id="act-delete" icon="ui-trash" label=${t('life.delete')} act=${() => setOpen('delete')} />
    </div>
    ${open === 'edit' && html`<${AssetDialog} feature=${feature} close=${close} />`}
    ${open === 'replace' && html`<${ReplaceDialog} feature=${feature} close=${() => setOpen('')} />`}
    ${open === 'delete' && html`<${DeleteDialog} collection="assets" feature=${feature} close=${() => setOpen('')} />`}
    ${(open === 'install' || open === 'remove' || open === 'restore') && html`<${StepDialog} feature=${feature} verb=${open} close=${close} />`}`;
}

/** @param {{collection: 'segments' | 'areas', feature: Feature}} props */
export function ShapeActions({ collection, feature }) {
  const [open, setOpen] = useState('');
  if (past.value || !may('planner')) return null;
  const close = () => setOpen('');
  return html`<div class="actions" role="toolbar" aria-label=${t('actions')}>
      <${Action} id="act-edit" icon="ui-edit" label=${t('edit')} act=${() => setOpen('edit')} />
      <${Action} id="act-move" icon="ui-move" label=${t('reshape')} act=${() => reshape(collection, feature)} />
      ${collection === 'segments' && html`<${LabelButton} id="act-label" select=${() => ({ segment: [feature.id] })} />`}
      ${collection === 'segments' && html`<${Action} id="act-split" icon="ui-split" label=${t('split')} act=${() => setOpen('split')} />
      <${Action} id="act-merge" icon="ui-merge" label=${t('merge')} act=${() => setOpen('merge')} />`}
      <${Action} id="act-delete" icon="ui-trash" label=${t('life.delete')} act=${() => setOpen('delete')} />
    </div>
    ${open === 'split' && html`<${SplitForm} key=${feature.id} feature=${feature} close=${close} />`}
    ${open === 'merge' && html`<${MergeForm} key=${feature.id} feature=${feature} close=${close} />`}
    ${open === 'edit' && (collection === 'segments' ? html`<${SegmentDialog} feature=${feature} close=${close} />` : html`<${AreaDialog} feature=${feature} close=${close} />`)}
    ${open === 'delete' && html`<${DeleteDialog} collection=${collection} feature=${feature} close=${close} />`}`;
}
