// Reads QR codes where the browser has no means of its own.
import { decodeQR } from 'qr/decode.js';

const most = 800; // pixels of the longer side that are looked at

const canvas = document.createElement('canvas');
const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));

/**
 * The text of a code in the picture of a video, or ''.
 * @param {HTMLVideoElement} video
 */
export function readQR(video) {
  const scale = Math.min(1, most / Math.max(video.videoWidth, video.videoHeight, 1));
  [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  if (canvas.width === 0) return '';
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(pen.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    return ''; // no code in it, which is how the library says so
  }
}
