export const REFERENCE: string;
export const SECOND: string;
export const MARKET: string;
