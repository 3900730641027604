// As much of idb as is used here.
export function openDB(name: string, version: number, hooks: { upgrade(db: any, from: number, to: number | null, tx: any): Promise<void>; blocking(from: number, to: number | null, event: Event): void }): Promise<any>;
