// The map on paper: a picture of it stands in for the canvas, which browsers
// do not print.
import { signal } from '@preact/signals';

/** The map's picture while printing. */
export const picture = signal('');

/** @type {import('@preact/signals').Signal<(() => string) | null>} */
export const takePicture = signal(/** @type {(() => string) | null} */ (null));

/** Prints the page as it stands. */
export function printMap() {
  window.print();
}

addEventListener('beforeprint', () => {
  if (takePicture.peek()) picture.value = /** @type {() => string} */ (takePicture.peek())();
});
addEventListener('afterprint', () => { picture.value = ''; });
