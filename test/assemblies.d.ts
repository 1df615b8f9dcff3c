export const REFERENCE: string;
export const SECOND: string;
