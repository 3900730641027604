// The pictures of the map: round badges of classes, and the pill behind values.
import { symbols } from '../base/view.js';

const ratio = 2; // pixels of a picture per pixel of the page
const size = 26; // of a badge, in pixels of the page

const warnings = /** @type {Record<string, string>} */ ({ poor: '#f0b429', dangerous: '#d7263d' });

/**
 * @param {number} width
 * @param {number} height in pixels of the page
 */
function canvas(width, height) {
  const c = document.createElement('canvas');
  c.width = width * ratio;
  c.height = height * ratio;
  const pen = /** @type {CanvasRenderingContext2D} */ (c.getContext('2d', { willReadFrequently: true }));
  pen.scale(ratio, ratio);
  return pen;
}

/** @param {CanvasRenderingContext2D} pen */
const pixels = (pen) => pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);

/**
 * A symbol of our sheet as a white picture.
 * @param {string} name
 */
async function symbol(name) {
  const sheet = await symbols();
  const found = sheet.getElementById(name) ?? sheet.getElementById('other');
  const body = found ? new XMLSerializer().serializeToString(found).replace(/^<symbol/, '<svg').replace(/symbol>$/, 'svg>') : '';
  const image = new Image(48, 48);
  image.src = `data:image/svg+xml,${encodeURIComponent(body.replace('<svg', '<svg width="48" height="48" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"'))}`;
  await image.decode();
  return image;
}

/**
 * Draws "badge ICON COLOUR CONDITION".
 * @param {string} id
 * @returns {Promise<ImageData>}
 */
export async function badge(id) {
  const [, icon, color, condition] = id.split(' ');
  const drawing = await symbol(icon);
  const pen = canvas(size, size);
  const middle = size / 2;
  pen.beginPath();
  pen.arc(middle, middle, middle - 2, 0, 2 * Math.PI);
  pen.fillStyle = color;
  pen.fill();
  pen.lineWidth = 1.6;
  pen.strokeStyle = '#fff';
  pen.stroke();
  pen.drawImage(drawing, middle - 7, middle - 7, 14, 14);
  if (warnings[condition]) {
    pen.beginPath();
    pen.arc(size - 5, 5, 4, 0, 2 * Math.PI);
    pen.fillStyle = warnings[condition];
    pen.fill();
    pen.stroke();
  }
  return pixels(pen);
}

/**
 * The pill, to be stretched between its corners.
 * @param {string} fill
 * @param {string} edge
 */
export function pill(fill, edge) {
  const side = 24;
  const pen = canvas(side, side);
  pen.beginPath();
  pen.roundRect(1, 1, side - 2, side - 2, 5);
  pen.fillStyle = fill;
  pen.fill();
  pen.lineWidth = 1;
  pen.strokeStyle = edge;
  pen.stroke();
  const inner = /** @type {[number, number]} */ ([8 * ratio, (side - 8) * ratio]);
  return { image: pixels(pen), options: { pixelRatio: ratio, stretchX: [inner], stretchY: [inner], content: [5 * ratio, 3 * ratio, (side - 5) * ratio, (side - 3) * ratio] } };
}

export { ratio };
