// As much of qr as is used here.
export function decodeQR(image: { width: number; height: number; data: Uint8ClampedArray }): string;
