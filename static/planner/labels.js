// Sheets of labels to stick on assets: of whatever is selected.
import { file } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { jurisdiction } from '../base/store.js';

/**
 * Has the sheets made and hands them over as a file to print.
 * @param {Record<string, any>} select the selection, as the server takes it
 */
async function print(select) {
  const url = URL.createObjectURL(await file('/api/v1/labels', { jurisdiction: jurisdiction.peek(), select }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'labels.pdf';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** @param {{select: () => Record<string, any> | null, id?: string}} props `select` gives null while nothing is selected */
export function LabelButton({ select, id = 'labels' }) {
  const { act, busy, problem } = useDeed(async () => { const chosen = select(); if (chosen) await print(chosen); });
  return html`<button type="button" class=${`button ${busy ? 'busy' : ''}`} id=${id} disabled=${select() === null} aria-disabled=${busy} onClick=${() => act()}><${Icon} name="ui-print" />${t('labels')}</button>
    <${Refusal} problem=${problem} />`;
}
